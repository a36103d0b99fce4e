"""`read_table`: what it returns, and what it says of a bad file."""

import numpy as np
import pandas as pd
import pytest

import d2lutils as d2l
from d2lutils.data import read_table
from tests.refusing import refusal

pytestmark = pytest.mark.filterwarnings("error")
COLUMNS = {"day": "date", "city": "text", "rain_mm": "number"}


class TestTable:
    def test_columns_have_their_kinds(self, put):
        file = put("city,rain_mm,day,more\nOslo,1.5,2012-01-01,x\n,NA,,y\n\nÅs,2,2012-01-03,z\n")
        table = read_table(file, COLUMNS)
        assert list(table) == ["day", "city", "rain_mm"]
        assert list(table.index) == [0, 1, 2]
        assert table["day"].dtype.kind == "M"
        assert table["rain_mm"].dtype == float
        assert table["city"][2] == "Ås"
        assert table.isna().sum().tolist() == [1, 1, 1]

    def test_whole_numbers_are_int64(self, put):
        assert read_table(put("n\n1\n2\n"), {"n": "number"})["n"].dtype == np.int64

    @pytest.mark.parametrize("text", ["n,t\r\n1,a\r\n", "\ufeffn,t\n1,a\n", 'n,t\n1,"a"'])
    def test_other_writers(self, put, text):
        table = read_table(put(text), {"n": "number", "t": "text"})
        assert table.to_dict("list") == {"n": [1], "t": ["a"]}

    def test_text_is_kept_as_it_is(self, put):
        table = read_table(put('t\nNA\n" a\nb"\n007\n'), {"t": "text"})
        assert table["t"].tolist() == ["NA", " a\nb", "007"]

    def test_other_delimiter_is_read_when_asked_for(self, put):
        table = read_table(put("a;b\n1,5;2\n"), {"b": "number", "a": "text"}, delimiter=";")
        assert table.to_dict("list") == {"b": [2], "a": ["1,5"]}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("day,city,rain\n1,2,3\n", "has no column rain_mm (did you mean rain?); it has: day, "),
            ("day,rain_mm\n1,2\n", "has no column city; it has: day, rain_mm."),
            ("day,city,city,rain_mm\n1,2,3,4\n", "has 2 columns city, expected one."),
            ("day;city;rain_mm\n1;2;3\n", "has ';' between its fields, expected ','. Give read_"),
            ("day\tcity\train_mm\n", "delimiter='\\t'"),
            ("Tag;Ort;Regen, mm\n1;2;3\n", "has ';' between its fields"),
            ("Tag;Ort;Regen\n1;2;3\n", "has ';' between its fields"),
            ("day,city,rain_mm\n,a,1\n\n,b,wet\n", "line 4, column rain_mm: 'wet' is no number; "),
            (
                "day,city,rain_mm\n,a,1,5\n",
                "line 2: expected 3 fields as in the first line, found 4.",
            ),
            ("day,city,rain_mm\n,a,1\n,a\n", "line 3: expected 3 fields"),
            ('day,city,rain_mm\n,"a\nb",1\n,"c\nd","1,5"\n', "line 5, column rain_mm: '1,5' is no"),
            (
                "day,city,rain_mm\n31/12/2012,a,1\n",
                "column day: '31/12/2012' is no date; expected ",
            ),
            ("day,city,rain_mm\n2012-02-30,a,1\n", "'2012-02-30' is no date"),
            ("day,city,rain_mm\n2012-01-31T10:00Z,a,1\n", "10:00Z' is no date"),
            ('day,city,rain_mm\n,"a,1\n', "unexpected end of data"),
            ("day,city,rain_mm\n", "has no rows below the line of names"),
            ("\n\n", "has no rows below"),
            ("", "is empty."),
            ("day,city,rain_mm\n,Malmö,1\n".encode("latin-1"), "is not UTF-8: byte 0xF6"),
            ("day,city,rain_mm\n".encode("utf-16"), "is not UTF-8: it has zero bytes or the mark"),
        ],
    )
    def test_bad_files(self, put, text, message):
        assert message in refusal(read_table, put(text), COLUMNS)

    def test_unknown_kind(self, put):
        with pytest.raises(d2l.BookError, match="'float' is no kind; give"):
            read_table(put("a\n1\n"), {"a": "float"})

    def test_missing_file(self, put, tmp_path):
        put("x", "wine.csv")
        assert "(did you mean wine.csv?)" in refusal(read_table, tmp_path / "wines.csv", {})
        assert "(it is a folder)" in refusal(read_table, tmp_path, {})
        assert "There is no file" in refusal(read_table, tmp_path / "a/b.csv", {})


def test_tables_are_what_pandas_reads(put):
    file = put("a,b\n1.5,x\n,y\n3,\n")
    assert read_table(file, {"a": "number", "b": "text"}).equals(pd.read_csv(file))
