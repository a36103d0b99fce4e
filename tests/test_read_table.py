"""`read_table`: what it returns, and what it says of a bad file."""

import csv
import io
import math
import random
from fractions import Fraction

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
            ("\ufeff", "is empty but for its mark"),
            ("day;city;rain_mm\n;a;1\n".replace(";", '";"'), "has ';' between its fields"),
            ('"day";"city";"rain_mm"\n', "between its fields, expected ','. Give read_table deli"),
            (
                "day,city,rain_mm\n,a,1,\n",
                "line 2: expected 3 fields as in the first line, found 4",
            ),
            ("# rain\nday,city,rain_mm\n,a,1\n", "has no column day; it has: # rain."),
            ("day, city,rain_mm\n,a,1\n", "has no column city (did you mean ' city'?); it has: d"),
            ('day,"ci\nty",rain_mm\n,a,1\n', "has no column city (did you mean 'ci\\nty'?)"),
            (",".join(map(str, range(99))), "29, …"),
            ('day,city,rain_mm\n,a,1\n,"a"b,1', "line 3: ',' expected after"),
            ('day,city,rain_mm\n,"a"b,1\n', "line 2: ',' expected after '\"'. Close each"),
            ('day,"city,rain_mm\n' + ",a,1\n" * 50_000, "field larger than field limit"),
            (
                'day,"city,rain_mm\n' + ",a,1\n" * 500,
                "has no column city; it has: day, 'city,rain_mm",
            ),
            ("day,city,rain_mm\n," + "a" * 140_000 + ",1\n", "line 2: field larger than"),
            ("day,city,rain_mm\n," + "a" * 999 + ",b\n", "column rain_mm: 'b' is no number"),
            ("day,city,rain_mm\n,a," + "b" * 999 + "\n", "bbb'… is no number"),
            ("", "is empty."),
            ("day,city,rain_mm\n,Malmö,1\n".encode("latin-1"), "is not UTF-8: byte 0xF6"),
            ("day,city,rain_mm\n".encode("utf-16"), "looks like UTF-16, starting with 'day,city,"),
            ("day,city,rain_mm\n".encode("utf-16-be"), 'read_text("utf-16-be")'),
        ],
    )
    def test_bad_files(self, put, text, message):
        assert message in refusal(read_table, put(text), COLUMNS)

    @pytest.mark.parametrize(
        ("columns", "options", "message"),
        [
            ({"a": "float"}, {}, "a: 'float' is no kind; give"),
            ({"a": float}, {}, "a: <class 'float'> is no kind"),
            ({"a": ["number"]}, {}, r"a: \['number'\] is no kind"),
            (["a"], {}, r"^columns is \['a'\], expected a dictionary such as {"),
            ("a", {}, "columns is 'a', expected a dictionary"),
            (None, {}, "columns is None"),
            ({}, {}, "columns is {}, expected"),
            ({0: "number"}, {}, "has no column 0; it has: a, b"),
            ({"a": "number"}, {"delimiter": ", "}, "^delimiter is ', ', expected one character"),
            ({"a": "number"}, {"delimiter": ""}, "delimiter is ''"),
            ({"a": "number"}, {"delimiter": None}, "delimiter is None"),
            ({"a": "number"}, {"delimiter": "\n"}, "delimiter is "),
            ({"a": "number"}, {"delimiter": '"'}, "delimiter is "),
            ({"a": "number"}, {"delimiter": "|"}, "has ',' between its fields, expected '|'"),
            ({"a": "number"}, {"decimal": ";"}, "decimal is ';', expected '.' or ','"),
            ({"a": "number"}, {"decimal": None}, "decimal is None"),
        ],
    )
    def test_odd_arguments(self, put, columns, options, message):
        with pytest.raises(d2l.BookError, match=message) as caught:
            read_table(put("a,b\n1,2\n"), columns, **options)
        assert "\n" not in str(caught.value)

    def test_missing_file(self, put, tmp_path):
        put("x", "wine.csv")
        assert "(did you mean wine.csv?)" in refusal(read_table, tmp_path / "wines.csv", {})
        assert "(it is a folder)" in refusal(read_table, tmp_path, {})
        assert "There is no file" in refusal(read_table, tmp_path / "a/b.csv", {})


# What stands in a field of numbers, and what it is: computed here by exact fractions.
WHOLE = ["0", "-7", "+5", "007", " 12 ", "9007199254740993", "-9223372036854775808"]
REAL = ["3.5", ".5", "-2.", "1e3", "1E-7", "0.1", "5e-324", "1.7976931348623157e308", "0e-999",
        "-0.0", "123456.789e-3", "0.30000000000000004", "9007199254740993e0"]  # fmt: skip
MISSING = ["", " ", "NA", "N/A", "n/a", "<NA>", "#N/A", "nan", "NaN", "null", "NULL", "None"]
NO_NUMBERS = [
    "1E400", "-1e400", "1e-400", "9" * 400, "inf", "-Infinity", "infinity", "INF", "none", "na",
    "-", "?", "True", "false", "yes", "0x1F", "0b1", "1_000", "1 000", "1\xa0000", "1'000", "1,000",
    "1,5", "1,234,567", "1.234,5", "1.5.2", "1e", "e5", ".", "+", "--1", "+-1", "1-", "(5)", "12%",
    "$5", "5 kg", "1d3", "1e5.0", "½", "\uff11", "٣", "\u22125", "1+2j", "today", "2012-01-31",
    "9007199254740993.0", "18446744073709551615", "99999999999999999999", "a", "1\n2",
]  # fmt: skip
NO_DATES = [
    "today", "now", "yesterday", "01/02/2020", "1/2/20", "01.02.2020", "02-01-2020", "2020/01/02",
    "20200102", "2020-1-2", "2020-02-30", "2021-02-29", "2020-13-01", "2020-00-10", "0000-01-01",
    "2020-01-02T00:00", "2020-01-02 10:00", "2020-01-02T00:00Z", "2020-01-02+02:00", "2020-W01-1",
    "2020-001", "2020-01", "2020", "+2020-01-02", "12020-01-02", "Jan 2, 2020", "202\uff10-01-02",
    "1e3", "NaT", "0",
]  # fmt: skip
TEXTS = [
    " a", "b ", "NA", "nan", "None", "007", "1E400", "true", "today", "a,b", 'say "no"', "x\ny",
    "\n", "\t", ";", "'", "é", "=1+1", "#", "\\", "\u2028", "\x0b",
]  # fmt: skip


def written(rows, **options):
    """Return rows as Python's csv module writes them."""
    stream = io.StringIO()
    csv.writer(stream, **options).writerows(rows)
    return stream.getvalue()


class TestValues:
    def column(self, put, fields, kind, **options):
        text = written([["a", "b"], *([field, "x"] for field in fields)])
        return read_table(put(text), {"a": kind}, **options)["a"]

    @pytest.mark.parametrize("field", WHOLE)
    def test_whole(self, put, field):
        for filler in ([], ["1"]):
            found = self.column(put, [field, *filler], "number")
            assert found.dtype == np.int64
            assert int(found[0]) == Fraction(field.strip())

    def test_more_zeros_than_python_reads(self, put):
        found = self.column(put, ["0" * 5000 + "7", "-" + "0" * 5000], "number")
        assert found.tolist() == [7, 0]

    @pytest.mark.parametrize("field", REAL)
    def test_real(self, put, field):
        found = self.column(put, [field], "number")
        assert found.dtype == np.float64
        right, beside = Fraction(field), [math.nextafter(found[0], to) for to in (-9e999, 9e999)]
        away = abs(Fraction(found[0]) - right)
        assert all(away <= abs(Fraction(other) - right) for other in beside if math.isfinite(other))
        swapped = self.column(put, [field.replace(".", ",")], "number", decimal=",")
        assert swapped[0] == found[0]

    @pytest.mark.parametrize("field", MISSING)
    def test_missing(self, put, field):
        assert self.column(put, ["1", field], "number").isna().tolist() == [False, True]
        assert self.column(put, [field, "2012-01-31"], "date").isna().tolist() == [True, False]
        text = self.column(put, ["1", field], "text")
        assert text.isna()[1] if field == "" else text[1] == field

    @pytest.mark.parametrize("field", NO_NUMBERS)
    def test_no_number(self, put, field):
        file = put(written([["a", "b"], ["1", "x\ny"], [field, "x"]]))
        said = refusal(read_table, file, {"a": "number"})
        line = 5 if "\n" in field else 4
        assert f"line {line}, column a: {repr(field)[:50]}" in said
        assert read_table(file, {"a": "text"})["a"][1] == field

    @pytest.mark.parametrize("field", NO_DATES)
    def test_no_date(self, put, field):
        file = put(written([["a", "b"], ["2020-01-02", "x"], [field, "x"]]))
        said = refusal(read_table, file, {"a": "date"})
        assert f"line 3, column a: '{field}' is no date; expected one such as 2012-01-31" in said

    def test_dates(self, put):
        fields = ["0001-01-01", " 1969-12-31", "2000-02-29", "9999-12-31"]
        found = self.column(put, fields, "date")
        assert found.dt.strftime("%j %y").tolist() == ["001 01", "365 69", "060 00", "365 99"]
        assert [day.toordinal() for day in found] == [1, 719162, 730179, 3652059]

    def test_texts(self, put):
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
            for delimiter in ",;\t|:§":
                text = written([["b", "a"], *(["1", field] for field in TEXTS)], quoting=quoting,
                               delimiter=delimiter)  # fmt: skip
                table = read_table(put(text), {"a": "text", "b": "number"}, delimiter=delimiter)
                assert table["a"].tolist() == TEXTS
                assert table["b"].tolist() == [1] * len(TEXTS)

    @pytest.mark.parametrize("other", ["", "0.5", "1e3", "9223372036854775808"])
    def test_whole_numbers_that_floats_round(self, put, other):
        for field, fits in ((2**53, True), (2**53 + 1, False), (2**60, True), (2**63 - 1, False)):
            file = put(f"a,b\n{other},x\n{field},x\n")
            if fits:
                assert read_table(file, {"a": "number"})["a"][1] == field
            else:
                said = refusal(read_table, file, {"a": "number"})
                assert f"line 3, column a: '{field}' is a whole number that float64 rounds" in said

    @pytest.mark.parametrize(
        ("text", "values"),
        [
            ("sep=;\na;b\n1;2\n", [1]),
            ('"sep=;"\r\na;b\r\n1;2\r\n', [1]),
            ("\ufeffSEP=;\r\na;b\r\n1;2\r\n", [1]),
            ('"a";"b"\n"1";"2"\n', [1]),
            ("\n\na;b\n\n1;2\n\n\n3;4\n\n", [1, 3]),
            ("a;b;\n1;2;\n", [1]),
            ("b;b;a\n1;2;3\n", [3]),
            ("\ufeff\ufeffa;b\r1;2\r", [1]),
            ("a\n1\n\n2\n", [1, 2]),
            ('"b\n;";"a"\n"x\n\n";1\n', [1]),
        ],
    )
    def test_layouts(self, put, text, values):
        file = put(text)
        assert read_table(file, {"a": "number"}, delimiter=";")["a"].tolist() == values
        if ";" in text:
            said = refusal(read_table, file, {"a": "number"})
            assert said.endswith("has ';' between its fields, expected ','. Give read_table "
                                 "delimiter=';'.")  # fmt: skip

    def test_a_quoted_empty_line_is_a_row(self, put):
        assert read_table(put('a\n1\n""\n2\n'), {"a": "number"})["a"].isna().sum() == 1

    @pytest.mark.parametrize(
        ("field", "decimal", "advice"),
        [
            ("1,5", ".", "If its ',' is a decimal mark, give read_table decimal=','; a mark of"),
            ("1.000", ",", "If its '.' is a decimal mark, give read_table decimal='.'; a mark of"),
        ],
    )
    def test_other_decimal_mark(self, put, field, decimal, advice):
        file = put(f"a;b\n{field};x\n")
        options = {"delimiter": ";", "decimal": decimal}
        assert advice in refusal(read_table, file, {"a": "number"}, **options)

    def test_any_file_is_right_or_refused(self, put):
        """Tables of odd fields at random: each value is right, or one line says what is odd."""
        draw = random.Random(0)
        right = {field: Fraction(field.strip()) for field in WHOLE + REAL} | dict.fromkeys(MISSING)
        counts = {True: 0, False: 0}
        for _ in range(300):
            pool = draw.choice([WHOLE, REAL, WHOLE + MISSING, REAL + MISSING, NO_NUMBERS + WHOLE])
            fields = draw.choices(pool, k=draw.randint(1, 4))
            rows = [["a", "t"], *([field, draw.choice(TEXTS)] for field in fields)]
            spoilt = draw.random() < 0.2
            if spoilt:
                row = draw.choice(rows[1:])
                row[:] = draw.choice([row[:1], [*row, ""], [*row, "x", "y"]])
            delimiter = draw.choice(",;\t|")
            text = written(rows, delimiter=delimiter, quoting=draw.choice([0, 1]),
                           lineterminator=draw.choice(["\n", "\r\n"]))  # fmt: skip
            file = put(text)
            columns = {"t": "text", "a": "number"}
            try:
                table = read_table(file, columns, delimiter=delimiter)
            except d2l.BookError:
                refusal(read_table, file, columns, delimiter=delimiter)
                counts[False] += 1
                odd = spoilt or not right.keys() >= set(fields)
                assert odd or any(abs(right[f] or 0) > 2**53 for f in fields), text
                continue
            counts[True] += 1
            assert not spoilt
            assert table["t"].tolist() == [text for _, text in rows[1:]]
            for field, found in zip(fields, table["a"].tolist(), strict=True):
                value = right[field]
                if value is None:
                    assert math.isnan(found)
                elif field in WHOLE:
                    assert found == value
                else:
                    assert found == pytest.approx(float(value), rel=1e-15, abs=0)
        assert min(counts.values()) > 80


def test_tables_are_what_pandas_reads(put):
    file = put("a,b\n1.5,x\n,y\n3,\n")
    assert read_table(file, {"a": "number", "b": "text"}).equals(pd.read_csv(file))
