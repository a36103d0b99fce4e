"""Tables and series: penguins, wine, weather, carbon dioxide."""

from pathlib import Path
from typing import TYPE_CHECKING

from . import Entry, place

if TYPE_CHECKING:
    import pandas as pd


def _write(table: "pd.DataFrame", folder: Path, path: str) -> None:
    table.to_csv(place(folder, path), index=False, lineterminator="\n")


def penguins(folder: Path) -> None:
    from palmerpenguins import load_penguins

    table = load_penguins()
    for column in ("flipper_length_mm", "body_mass_g"):
        table[column] = table[column].astype("Int64")  # measured to the whole unit
    _write(table, folder, "tables/penguins.csv")


def wine(folder: Path) -> None:
    from sklearn.datasets import load_wine

    loaded = load_wine(as_frame=True)
    table = loaded.data.rename(columns={"od280/od315_of_diluted_wines": "od280_od315"})
    table.insert(0, "cultivar", loaded.target + 1)
    _write(table, folder, "tables/wine.csv")


def weather(folder: Path) -> None:
    from vega_datasets import data

    names = {
        "precipitation": "precipitation_mm",
        "temp_max": "temp_max_c",
        "temp_min": "temp_min_c",
        "wind": "wind_m_per_s",
    }
    table = data.seattle_weather().rename(columns=names)
    table["date"] = table["date"].dt.strftime("%Y-%m-%d")
    _write(table, folder, "tables/weather.csv")


def co2(folder: Path) -> None:
    from statsmodels.datasets import co2

    table = co2.load_pandas().data.rename_axis("date").reset_index()
    table = table.rename(columns={"co2": "co2_ppm"})
    table["date"] = table["date"].dt.strftime("%Y-%m-%d")
    _write(table, folder, "tables/co2.csv")


ENTRIES = [
    Entry(
        path="tables/penguins.csv",
        kind="table",
        what="344 penguins of three species, measured near Palmer Station, Antarctica, 2007–2009",
        source="palmerpenguins 0.1.6, `load_penguins`; Gorman, Williams and Fraser (2014), "
        "doi 10.1371/journal.pone.0090081",
        licence="CC0 1.0",
        units="bill and flipper in mm, body mass in g; empty = not measured",
        make=penguins,
    ),
    Entry(
        path="tables/wine.csv",
        kind="table",
        what="178 wines of three cultivars from one region of Italy, 13 chemical measurements",
        source="scikit-learn 1.9.1, `load_wine`; UCI Machine Learning Repository, "
        "doi 10.24432/C5PC7J (Aeberhard and Forina, 1991)",
        licence="CC BY 4.0",
        units="the source names none; judged by their size, alcohol is in % by volume, magnesium "
        "and proline in mg/l; hue and od280_od315 are ratios",
        make=wine,
    ),
    Entry(
        path="tables/weather.csv",
        kind="table",
        what="1,461 days of weather in Seattle, 2012–2015",
        source="vega_datasets 0.9.0, `seattle_weather`; NOAA National Climatic Data Center",
        licence="public domain (NOAA, United States government), as vega_datasets says",
        units="precipitation in mm, temperatures in °C, wind in m/s; weather is a word",
        make=weather,
    ),
    Entry(
        path="tables/co2.csv",
        kind="table",
        what="2,284 weekly means of atmospheric carbon dioxide at Mauna Loa, Hawaii, 1958–2001",
        source="statsmodels 0.15.0, `co2`; Keeling and Whorf (2004), Scripps Institution of "
        "Oceanography",
        licence="public domain, as statsmodels says",
        units="parts per million by volume (ppm); empty = no measurement",
        make=co2,
    ),
]
