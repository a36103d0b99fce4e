"""`d2l.download`: whatever the server does, the right file is there or none, and one line says."""

import gzip
import hashlib
import io
import os
import random
import re
import socket
import stat
import subprocess
import sys
import tarfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import PathFinder
from pathlib import Path

import pytest
from filelock import FileLock

from d2lutils.downloading import parts, transferring, unpacking
from d2lutils.downloading.places import data_folder
from d2lutils.downloading.verified import download
from d2lutils.errors import BookError
from misbehaving_server import Manner, serving

ROOT = Path(__file__).resolve().parents[1]
CONTENT = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(300_000)
PAGE = b"<html><body>Please log in</body></html>"


def sha(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Short waits, no progress bar, and neither a proxy nor certificates of this machine's."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TQDM_DISABLE", "1")
    for name, seconds in {
        "CONNECT_SECONDS": 2,
        "STALL_SECONDS": 10,  # where nothing stalls, a busy machine must not look like it
        "BACK_OFF_SECONDS": 0.01,
        "LONGEST_WAIT_SECONDS": 3,
    }.items():
        monkeypatch.setattr(transferring, name, seconds)


def files(folder):
    """The names in a folder, without the lock, which stays."""
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def error_of(*args, **keywords):
    with pytest.raises(BookError) as caught:
        download(*args, **keywords)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 500
    assert message.endswith(".")
    return message


# What the server does request after request, the requests that are made, and the message of the
# error where it does not end well. The wrong bytes' hash is in the message, too.
GOOD = Manner()
OUTCOMES = {
    "behaves": ([GOOD], 1, None),
    "no version": ([Manner(version="")], 1, None),
    "no length": ([Manner(length=False)], 1, None),
    "chunked": ([Manner(chunked=True)], 1, None),
    "cuts": ([Manner(cut=100_000), GOOD], 2, None),
    "cuts three times": (
        [Manner(cut=100_000), Manner(cut=50_000), Manner(cut=100_000), GOOD],
        4,
        None,
    ),
    "cuts before the first byte": ([Manner(cut=0), GOOD], 2, None),
    "cuts by a reset": ([Manner(cut=100_000, reset=True), GOOD], 2, None),
    "cuts a chunked answer": ([Manner(cut=100_000, chunked=True), GOOD], 2, None),
    "cuts, no version": ([Manner(cut=100_000, version=""), Manner(version="")], 2, None),
    "cuts, weak version": (
        [Manner(cut=100_000, version='W/"1"'), Manner(version='W/"1"')],
        2,
        None,
    ),
    "cuts always at once": ([Manner(cut=0)], 5, "the connection broke off, 5 times in a row"),
    "cuts, then ignores Range": ([Manner(cut=100_000), Manner(ranges=False)], 2, None),
    "cuts always, ignores Range": (
        [Manner(cut=100_000, ranges=False)],
        5,
        "the connection broke off, 5 times in a row",
    ),
    "cuts, then sends the wrong rest": (
        [Manner(cut=100_000), Manner(shifted=7), GOOD],
        3,
        None,
    ),
    "cuts, then always sends the wrong rest": (
        [Manner(cut=100_000), Manner(shifted=7)] * 3,
        5,
        "does not send the rest|broke off",
    ),
    "stalls": ([Manner(stall=100_000), GOOD], 2, None),
    "stalls always": ([Manner(stall=0)], 5, r"nothing came for 0.3 seconds, 5 times"),
    "never answers": ([Manner(silent=True)], 5, "the server does not answer, 5 times in a row"),
    "answers at the second time": ([Manner(silent=True), GOOD], 2, None),
    "announces too much": ([Manner(announced=1000)], 1, None),
    "announces too little": ([Manner(announced=-1000)], 1, "sent another file"),
    "announces more than the disk holds": ([Manner(announced=2**60)], 1, "Make room"),
    "sends the wrong bytes": ([Manner(body=OTHER)], 1, "sent another file"),
    "sends nothing": ([Manner(body=b"")], 1, "sent another file"),
    "sends a page of an error as the file": (
        [Manner(body=PAGE, headers={"Content-Type": "text/html; charset=utf-8"})],
        1,
        "sent a web page, perhaps a login",
    ),
    "compresses unasked": (
        [Manner(body=gzip.compress(CONTENT), headers={"Content-Encoding": "gzip"})],
        1,
        "sent another file",
    ),
    "says that the file is coded": ([Manner(headers={"Content-Encoding": "gzip"})], 1, None),
    "changes the file meanwhile": (
        [Manner(cut=100_000, body=OTHER), Manner(version='"2"')],
        2,
        None,
    ),
    "changes the file, does not know If-Range": (
        [Manner(cut=100_000, body=OTHER), Manner(version='"2"', blind=True), GOOD],
        3,
        None,
    ),
    "changes the file and says nothing": (
        [Manner(cut=100_000, body=OTHER), Manner(blind=True), GOOD],
        3,
        None,
    ),
    "changes the file to a wrong one": (
        [Manner(cut=100_000), Manner(version='"2"', body=OTHER)],
        3,
        "sent another file",
    ),
    "shortens the file meanwhile": (
        [Manner(cut=100_000), Manner(body=OTHER[:50_000])],
        3,
        "sent another file",
    ),
    "401": ([Manner(401)], 1, "answers 401. It wants a login"),
    "403": ([Manner(403)], 1, "answers 403. It does not give"),
    "404": ([Manner(404)], 1, "answers 404. The file is not there: check the address"),
    "410": ([Manner(410)], 1, "answers 410. Check the address"),
    "204": ([Manner(204, b"")], 1, "answers 204"),
    "206 unasked": ([Manner(206)], 1, "answers 206"),
    "304": ([Manner(304, b"")], 1, "answers 304"),
    "416 unasked": ([Manner(416)], 1, "answers 416"),
    "416 for the rest": ([Manner(cut=100_000), Manner(416), GOOD], 3, None),
    "500 once": ([Manner(500), GOOD], 2, None),
    "500 always": ([Manner(500)], 5, "answers 500, 5 times in a row. Run this again later"),
    "503 in between": ([Manner(cut=100_000), Manner(503), GOOD], 3, None),
    "503 first": ([Manner(503), GOOD], 2, None),
    "503 always": ([Manner(503)], 5, "answers 503, 5 times in a row"),
    "503, wait a second": ([Manner(503, headers={"Retry-After": "1"}), GOOD], 2, None),
    "503, wait an hour": (
        [Manner(503, headers={"Retry-After": "3600"})],
        1,
        "answers 503. Run this again in 3600 seconds",
    ),
    "503, wait until a day of the past": (
        [Manner(503, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}), GOOD],
        2,
        None,
    ),
    "503, wait for nonsense": ([Manner(503, headers={"Retry-After": "soon"}), GOOD], 2, None),
    "429 once": ([Manner(429, headers={"Retry-After": "0"}), GOOD], 2, None),
    "redirects": ([Manner(302, b"", {"Location": "/elsewhere"}), GOOD], 2, None),
    "redirects in a circle": ([Manner(302, b"", {"Location": "/x.bin"})], 31, "in a circle"),
    "redirects to nowhere": ([Manner(302, b"")], 1, "answers 302. Check the address"),
    "redirects to a file here": (
        [Manner(302, b"", {"Location": "file:///etc/passwd"})],
        1,
        "Check the address",
    ),
    "redirects to a host that is none": (
        [Manner(302, b"", {"Location": "http://nowhere.invalid/x"})],
        1,
        "not known or not reached",
    ),
}


@pytest.mark.parametrize("before", [None, b"an older file"], ids=["new", "over"])
@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
def test_right_file_or_none(tmp_path, monkeypatch, outcome, before):
    manners, requests, message = outcome
    if any(manner.silent or manner.stall is not None for manner in manners):
        monkeypatch.setattr(transferring, "STALL_SECONDS", 0.3 if len(manners) == 1 else 1)
    target = tmp_path / "x.bin"
    if before:
        target.write_bytes(before)
    with serving(CONTENT, *manners) as server:
        asked = {"url": f"{server.host}/x.bin", "sha256": sha(CONTENT), "folder": tmp_path}
        if message is None:
            assert download(**asked) == target
            assert target.read_bytes() == CONTENT
        else:
            said = error_of(**asked)
            assert re.search(message, said), said
            assert (target.read_bytes() if target.exists() else None) == before
            assert set(files(tmp_path)) <= {"x.bin", "x.bin.part", "x.bin.part.json"}
        assert len(server.asked) == requests
        server.behave(GOOD)  # what is left does not stand in the way, and nothing else remains
        assert download(**asked).read_bytes() == CONTENT
    assert files(tmp_path) == ["x.bin"]


def test_goes_on_where_it_stopped(tmp_path):
    with serving(CONTENT, Manner(cut=100_000), GOOD) as server:
        download(f"{server.host}/x.bin", sha256=sha(CONTENT), folder=tmp_path)
        first, second = server.asked
    assert "Range" not in first
    assert first["Accept-Encoding"] == "identity"
    assert (second["Range"], second["If-Range"]) == ("bytes=100000-", '"1"')


def test_bytes_that_come_earn_new_tries(tmp_path, monkeypatch):
    monkeypatch.setattr(transferring, "ENOUGH", 20_000)
    with serving(CONTENT, *[Manner(cut=30_000)] * 9, GOOD) as server:
        download(f"{server.host}/x.bin", sha256=sha(CONTENT), folder=tmp_path)
        assert len(server.asked) == 10
        assert server.asked[-1]["Range"] == "bytes=270000-"


def test_waits_longer_each_time(tmp_path, monkeypatch):
    waits = []
    monkeypatch.setattr(transferring, "BACK_OFF_SECONDS", 0.5)
    monkeypatch.setattr(transferring, "LONGEST_WAIT_SECONDS", 3)
    monkeypatch.setattr(transferring.time, "sleep", waits.append)
    with serving(CONTENT, Manner(500)) as server:
        error_of(f"{server.host}/x.bin", sha256=sha(CONTENT), folder=tmp_path)
    assert waits == [0, 1, 2, 3]


def test_a_part_of_another_file_is_not_used(tmp_path):
    with serving(OTHER, Manner(cut=100_000, version=""), Manner(404)) as server:
        error_of(f"{server.host}/x.bin", sha256=sha(OTHER), folder=tmp_path)
        assert files(tmp_path) == ["x.bin.part", "x.bin.part.json"]
        server.content = CONTENT
        server.behave(GOOD)
        download(f"{server.host}/x.bin", sha256=sha(CONTENT), folder=tmp_path)
        assert "Range" not in server.asked[0]


@pytest.mark.parametrize("notes", ["", "{", "[]", "null", '{"sha256": 1}', "\udcff"])
def test_spoilt_notes_are_no_hindrance(tmp_path, notes):
    (tmp_path / "x.bin.part").write_bytes(OTHER)
    (tmp_path / "x.bin.part.json").write_bytes(notes.encode("utf-8", "surrogateescape"))
    with serving(CONTENT) as server:
        path = download(f"{server.host}/x.bin", sha256=sha(CONTENT), folder=tmp_path)
    assert path.read_bytes() == CONTENT
    assert files(tmp_path) == ["x.bin"]


def test_what_is_here_and_right_needs_no_network(tmp_path):
    (tmp_path / "x.bin").write_bytes(CONTENT)
    asked = {"url": "http://nowhere.invalid/x.bin", "folder": tmp_path}
    assert download(sha256=sha(CONTENT).upper(), **asked) == tmp_path / "x.bin"
    assert files(tmp_path) == ["x.bin"]
    assert list(tmp_path.iterdir()) == [tmp_path / "x.bin"]  # no lock either: it may be read-only
    (tmp_path / "x.bin").write_bytes(OTHER)  # damaged since: noticed
    assert "not known or not reached" in error_of(sha256=sha(CONTENT), **asked)
    assert (tmp_path / "x.bin").read_bytes() == OTHER


def test_a_whole_part_needs_no_network(tmp_path):
    """A run that was ended between the last byte and the renaming."""
    part = parts.Part(tmp_path / "x.bin.part", sha(CONTENT))
    part.start("")
    part.path.write_bytes(CONTENT)
    download("http://nowhere.invalid/x.bin", sha256=sha(CONTENT), folder=tmp_path)
    assert files(tmp_path) == ["x.bin"]


def test_a_whole_part_of_wrong_bytes(tmp_path):
    """A server that is asked for what comes after the last byte answers 416."""
    part = parts.Part(tmp_path / "x.bin.part", sha(CONTENT))
    part.start('"1"')
    part.path.write_bytes(OTHER)
    with serving(CONTENT, Manner(503), GOOD) as server:
        path = download(f"{server.host}/x.bin", sha256=sha(CONTENT), folder=tmp_path)
        assert [request.get("Range") for request in server.asked] == ["bytes=300000-"] * 2 + [None]
    assert path.read_bytes() == CONTENT


def test_a_whole_part_that_another_program_left(tmp_path):
    (tmp_path / "x.bin.part").write_bytes(CONTENT)
    with serving(CONTENT, Manner(503), GOOD) as server:
        path = download(f"{server.host}/x.bin", sha256=sha(CONTENT), folder=tmp_path)
    assert path.read_bytes() == CONTENT
    assert files(tmp_path) == ["x.bin"]


def test_an_empty_file(tmp_path):
    with serving(b"") as server:
        path = download(f"{server.host}/x.bin", sha256=sha(b""), folder=tmp_path)
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/a/b%20c.csv?x=1#y", "b c.csv"),
        ("/zażółć.txt", "zażółć.txt"),
        ("/x.bin/", None),
        ("", None),
        ("/..", None),
        ("/a%2F..%2F..%2Fb", None),
        ("/a%5Cb", None),
        ("/a%00b", None),
        ("/C:x", None),
    ],
)
def test_name_from_the_address(tmp_path, address, name):
    with serving(CONTENT) as server:
        asked = {"url": server.host + address, "sha256": sha(CONTENT), "folder": tmp_path / "new"}
        if name:
            assert download(**asked) == tmp_path / "new" / name
        else:
            assert "give another as name=" in error_of(**asked)
        assert download(**asked, name="mine.bin") == tmp_path / "new" / "mine.bin"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/x", "a\\b", "C:x", "a\nb", 3, b"x"])
def test_odd_names_are_refused(tmp_path, name):
    said = error_of("http://h/x", sha256=sha(b""), folder=tmp_path, name=name)
    assert said.startswith("name is ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x.bin",
        "/x.bin",
        "ftp://h/x",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://h:x/y",
        "http://[/x",
        "http://h/a b",
        "http://h/\n",
        "https://h:99999/x",
        None,
        3,
        b"http://h/x",
    ],
)
def test_odd_addresses_are_refused(tmp_path, url):
    said = error_of(url, sha256=sha(b""), folder=tmp_path)
    assert "is no address; give one as https://host/file" in said


@pytest.mark.parametrize("url", ["http://.../x", "http://a..b/x", f"http://{'a' * 70}/x"])
def test_hosts_that_cannot_be(tmp_path, url):
    assert "Check the address" in error_of(url, sha256=sha(b""), folder=tmp_path)


@pytest.mark.parametrize(
    "wrong", ["", "0" * 63, "0" * 65, "g" * 64, "0" * 64 + "\n", None, 0, b"0"]
)
def test_odd_hashes_are_refused(tmp_path, wrong):
    said = error_of("http://h/x", sha256=wrong, folder=tmp_path)
    assert "is no SHA-256; give its 64 hexadecimal digits" in said


def test_both_hashes_are_in_the_message(tmp_path):
    with serving(OTHER) as server:
        said = error_of(f"{server.host}/x.bin", sha256=sha(CONTENT).upper(), folder=tmp_path)
    assert f"SHA-256 {sha(CONTENT)} was expected, {sha(OTHER)} came" in said


def test_secrets_in_an_address_are_not_shown(tmp_path):
    with serving(CONTENT, Manner(404)) as server:
        url = server.host.replace("//", "//me:password@") + "/x.bin?token=secret"
        said = error_of(url, sha256=sha(CONTENT), folder=tmp_path)
    assert said.startswith(f"{server.host}/x.bin: the server answers 404")


@pytest.mark.parametrize(
    "url", ["http://nowhere.invalid/x", "http://127.0.0.1:9/x"], ids=["unknown", "closed"]
)
def test_offline_says_so_at_once(tmp_path, url, monkeypatch):
    monkeypatch.setattr(transferring.time, "sleep", lambda _: pytest.fail("waits"))
    said = error_of(url, sha256=sha(b"x"), folder=tmp_path)
    assert "not known or not reached from here" in said
    assert "online, then run this again" in said


@pytest.fixture
def environment(monkeypatch):
    """Return a function that sets variables; local servers, too, are asked through a proxy."""
    monkeypatch.delenv("NO_PROXY")

    def pretend(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))

    return pretend


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", ["http://me:secret@127.0.0.1:9", "http://nowhere.invalid:80"])
def test_a_proxy_that_is_not_there(tmp_path, environment, name, proxy):
    environment(**{name: proxy})
    scheme = "https" if name == "https_proxy" else "http"
    said = error_of(f"{scheme}://host.invalid/x", sha256=sha(b"x"), folder=tmp_path)
    assert f"{proxy.rpartition('@')[2]} (from {name}) is not reached. Change {name}, or" in said
    assert "put host.invalid into NO_PROXY" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("scheme", "status", "message"),
    [
        ("https", 403, "(from HTTPS_PROXY) refuses (403 Forbidden). Change HTTPS_PROXY, or put"),
        ("https", 407, "(from HTTPS_PROXY) wants a login. Put it there: http://user:password@host"),
        ("https", 502, "(from HTTPS_PROXY) refuses (502 Bad Gateway). Change HTTPS_PROXY, or put"),
        ("http", 403, "the server, or the proxy from HTTP_PROXY, answers 403"),
        ("http", 407, "(from HTTP_PROXY) wants a login. Put it there: http://user:password@host"),
        ("http", 503, "the server, or the proxy from HTTP_PROXY, answers 503, 5 times in a row"),
    ],
)
def test_a_proxy_that_refuses(tmp_path, environment, scheme, status, message):
    with serving(CONTENT, Manner(status)) as proxy:
        environment(**{f"{scheme.upper()}_PROXY": proxy.host})
        assert message in error_of(
            f"{scheme}://host.invalid/x", sha256=sha(CONTENT), folder=tmp_path
        )


def test_a_proxy_that_is_silent(tmp_path, environment, monkeypatch):
    monkeypatch.setattr(transferring, "STALL_SECONDS", 0.3)
    with serving(CONTENT, Manner(silent=True)) as proxy:
        environment(http_proxy=proxy.host)
        said = error_of("http://host.invalid/x", sha256=sha(CONTENT), folder=tmp_path)
    assert "the server, or the proxy from http_proxy, does not answer, 5 times in a row" in said


@pytest.mark.parametrize("proxy", ["foo://127.0.0.1:9", "http://", "http://127.0.0.1:x", "a b"])
def test_proxies_that_are_none(tmp_path, environment, proxy):
    environment(HTTP_PROXY=proxy)
    said = error_of("http://host.invalid/x", sha256=sha(b"x"), folder=tmp_path)
    assert "(from HTTP_PROXY) is no proxy. Change HTTP_PROXY to http://host:port" in said
    environment(HTTP_PROXY="http://127.0.0.1:9")
    assert "Check the address" in error_of(
        "http://*x/", sha256=sha(b"x"), name="x", folder=tmp_path
    )


@pytest.mark.skipif(PathFinder.find_spec("socks") is not None, reason="needs an absent PySocks")
@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4"])
def test_a_socks_proxy(tmp_path, environment, name, scheme):
    environment(**{name: f"{scheme}://127.0.0.1:9"})
    said = error_of("http://host.invalid/x", sha256=sha(b"x"), folder=tmp_path)
    assert said.startswith(f"The proxy from {name} speaks SOCKS, for which the package PySocks")
    assert said.endswith(f" pysocks, or change {name}.")


def test_no_proxy_is_heeded(tmp_path, environment):
    with serving(CONTENT) as server:
        asked = {"url": f"{server.host}/x.bin", "sha256": sha(CONTENT), "folder": tmp_path}
        environment(HTTP_PROXY="http://127.0.0.1:9", NO_PROXY="127.0.0.1,host.invalid")
        assert download(**asked).read_bytes() == CONTENT


def test_a_server_without_tls(tmp_path):
    with serving(CONTENT) as server:
        url = server.host.replace("http:", "https:") + "/x"
        said = error_of(url, sha256=sha(CONTENT), folder=tmp_path)
    assert re.search(
        r": no TLS connection \([A-Z_]+\). Check the address: its host, its port", said
    )


def test_a_server_that_hangs_up_during_the_handshake(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as threads:

        def hang_up():
            for _ in range(transferring.TRIES):
                connection, _ = server.accept()
                with connection:
                    connection.recv(2000)
                    connection.shutdown(socket.SHUT_WR)

        hung_up = threads.submit(hang_up)
        url = f"https://127.0.0.1:{server.getsockname()[1]}/x"
        said = error_of(url, sha256=sha(CONTENT), folder=tmp_path)
        hung_up.result(10)
    assert "the connection broke off, 5 times in a row" in said


# Made by hand, with a key that everybody may know, for 127.0.0.1: the first one is good until 2120,
# the second was until 2001.
SELF_SIGNED = Path(__file__).with_name("self_signed.pem")
EXPIRED = Path(__file__).with_name("expired.pem")


@pytest.mark.parametrize(
    ("certificate", "trusted", "host", "message"),
    [
        (
            SELF_SIGNED,
            None,
            "127.0.0.1",
            r"\(self.signed certificate\).* set REQUESTS_CA_BUNDLE to",
        ),
        (SELF_SIGNED, SELF_SIGNED, "127.0.0.1", None),
        (SELF_SIGNED, SELF_SIGNED, "localhost", r"mismatch, .*'localhost'\)\. Check the address"),
        (EXPIRED, EXPIRED, "127.0.0.1", r"expired\)\. Check the clock of this machine"),
    ],
    ids=["self-signed", "trusted", "of another host", "expired"],
)
def test_certificates(tmp_path, environment, certificate, trusted, host, message):
    environment(**({"REQUESTS_CA_BUNDLE": trusted} if trusted else {}))
    with serving(CONTENT, certificate=certificate) as server:
        url = server.host.replace("127.0.0.1", host) + "/x.bin"
        asked = {"url": url, "sha256": sha(CONTENT), "folder": tmp_path}
        if message is None:
            assert download(**asked).read_bytes() == CONTENT
        else:
            said = error_of(**asked)
            assert said.startswith(f"{url}: its certificate is not accepted (")
            assert re.search(message, said), said


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize(
    ("bundle", "message"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("", "holds no certificates"),
        ("hello", "holds no certificates"),
        ("-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n", "holds no certificates"),
    ],
    ids=["missing", "empty", "text", "cut"],
)
def test_bundles_of_certificates_that_are_none(tmp_path, environment, name, bundle, message):
    file = tmp_path / "bundle.pem"
    if bundle is not None:
        file.write_text(bundle)
    environment(**{name: file})
    with serving(CONTENT, certificate=SELF_SIGNED) as server:
        said = error_of(f"{server.host}/x.bin", sha256=sha(CONTENT), folder=tmp_path)
    assert said == f"{name}={file} {message}. Set it to a file of certificates, or unset it."


def test_folder_of_data(tmp_path, monkeypatch):
    monkeypatch.setenv("D2L_DATA", str(tmp_path / "new" / "place"))
    assert data_folder() == tmp_path / "new" / "place"
    with serving(CONTENT) as server:
        path = download(f"{server.host}/x.bin", sha256=sha(CONTENT))
    assert path == tmp_path / "new" / "place" / "x.bin"
    for unset in ("", " "):
        monkeypatch.setenv("D2L_DATA", unset)
        assert data_folder().is_absolute()
        assert "d2l" in data_folder().parts
    monkeypatch.setenv("D2L_DATA", "~/x")
    assert data_folder() == Path.home() / "x"
    monkeypatch.setenv("D2L_DATA", "x")
    assert data_folder() == Path.cwd() / "x"
    monkeypatch.setenv("D2L_DATA", "~nobody-here/x")
    with pytest.raises(BookError, match=r"^D2L_DATA=~nobody-here/x: nobody's .* Give "):
        data_folder()
    said = error_of("http://h/x", sha256=sha(b""), folder="~nobody-here")
    assert said.startswith("folder=~nobody-here: ")


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        (3, "folder=3 is no path; give it as text or as a pathlib.Path."),
        (b"x", "folder=b'x' is no path; give it as text or as a pathlib.Path."),
        (
            "a\nb",
            "folder='a\\nb' has a line break or another control character. Give another path.",
        ),
        ("a\0b", "folder='a\\x00b' has a line break or another control character. Give another"),
    ],
)
def test_odd_folders_are_refused(folder, message):
    assert message in error_of("http://h/x", sha256=sha(b""), folder=folder)


def test_a_network_drive_without_locks(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setattr(FileLock, "acquire", refuse)
    said = error_of("http://h/x", sha256=sha(b""), folder=tmp_path)
    assert f"{tmp_path} does not take the file: FileSystem does not appear to" in said
    assert "set D2L_DATA (or folder=) to one on this machine's own disk" in said


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        said = error_of("http://h/x", sha256=sha(b""), folder=folder)
        assert "does not take the file" in said
        assert "D2L_DATA" in said
    (tmp_path / "x").mkdir()
    said = error_of("http://h/x", sha256=sha(b""), folder=tmp_path)
    assert "is a folder; remove it, or give another name" in said


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path):
    (tmp_path / "x.bin").write_bytes(CONTENT)
    tmp_path.chmod(0o500)
    try:
        asked = {"url": "http://h/x.bin", "folder": tmp_path}
        assert download(sha256=sha(CONTENT), **asked) == tmp_path / "x.bin"
        assert "does not take the file: Permission denied" in error_of(sha256=sha(b""), **asked)
    finally:
        tmp_path.chmod(0o700)


# In processes of their own: url, folder, SHA-256.
CHILD = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from d2lutils.downloading import transferring
from d2lutils.downloading.verified import download
transferring.STALL_SECONDS = 20
url, folder, sha256 = sys.argv[1:]
print(len(download(url, sha256=sha256, folder=folder).read_bytes()))
"""


def child(*arguments, code=CHILD):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_a_full_disk(tmp_path):
    pytest.importorskip("resource", reason="needs a limit on the size of files")
    (tmp_path / "x.bin").write_bytes(b"an older file")
    code = CHILD.replace("import sys", "import resource, sys").replace(
        "url, folder", "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000,) * 2)\nurl, folder"
    )
    with serving(CONTENT) as server:
        asked = (f"{server.host}/x.bin", tmp_path, sha(CONTENT))
        said = child(*asked, code=code).communicate(timeout=30)[1].splitlines()[-1]
        assert "File too large. Either make room there, or set D2L_DATA" in said
        assert (tmp_path / "x.bin").read_bytes() == b"an older file"
        download(asked[0], sha256=asked[2], folder=tmp_path)
        assert server.asked[1]["Range"] == "bytes=200000-"


def test_two_processes_download_once(tmp_path):
    with serving(CONTENT, Manner(stall=100_000)) as server:
        arguments = (f"{server.host}/x.bin", tmp_path, sha(CONTENT))
        first = child(*arguments)
        wait_until(lambda: (tmp_path / "x.bin.part").exists())
        second = child(*arguments)
        assert second.stderr.readline() == "x.bin: another notebook is fetching it; waiting.\n"
        server.go_on.set()
        for process in (first, second):
            assert process.communicate(timeout=30) == ("300000\n", "")
        assert len(server.asked) == 1
    assert files(tmp_path) == ["x.bin"]


def test_two_threads_download_once(tmp_path):
    with serving(CONTENT, Manner(stall=100_000)) as server, ThreadPoolExecutor(2) as threads:
        asked = {"sha256": sha(CONTENT), "folder": tmp_path}
        paths = [threads.submit(download, f"{server.host}/x.bin", **asked) for _ in range(2)]
        wait_until(lambda: server.asked)
        server.go_on.set()
        assert {path.result(30) for path in paths} == {tmp_path / "x.bin"}
        assert len(server.asked) == 1


def test_killed_and_resumed(tmp_path):
    with serving(CONTENT, Manner(stall=200_000)) as server:
        asked = (f"{server.host}/x.bin", tmp_path, sha(CONTENT))
        part = tmp_path / "x.bin.part"
        first = child(*asked)
        wait_until(lambda: part.exists() and part.stat().st_size >= 100_000)
        first.kill()
        first.communicate()
        assert set(files(tmp_path)) == {"x.bin.part", "x.bin.part.json"}
        left = part.stat().st_size
        server.behave(GOOD)
        assert child(*asked).communicate(timeout=30) == ("300000\n", "")
        assert server.asked[0]["Range"] == f"bytes={left}-"
        assert server.asked[0]["If-Range"] == '"1"'
    assert files(tmp_path) == ["x.bin"]


def test_interrupted_by_the_reader(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    with serving(CONTENT, Manner(cut=100_000), GOOD) as server:
        asked = {"url": f"{server.host}/x.bin", "sha256": sha(CONTENT), "folder": tmp_path}
        with monkeypatch.context() as context:
            context.setattr(transferring.time, "sleep", interrupt)
            with pytest.raises(KeyboardInterrupt):
                download(**asked)
        assert download(**asked).read_bytes() == CONTENT  # not locked, and goes on
        assert server.asked[1]["Range"] == "bytes=100000-"


def test_progress_goes_to_stderr(tmp_path, monkeypatch, capfd):
    bar = transferring.tqdm
    shown = {"delay": 0, "mininterval": 0, "disable": False}  # at once, unlike for readers
    monkeypatch.setattr(transferring, "tqdm", lambda **settings: bar(**{**settings, **shown}))
    with serving(CONTENT, Manner(cut=100_000), GOOD) as server:
        download(f"{server.host}/x.bin", sha256=sha(CONTENT), folder=tmp_path)
    output = capfd.readouterr()
    assert output.out == ""
    assert "x.bin:  33%" in output.err  # the second bar starts where the first ended
    assert re.search(r"(9\d|100)%", output.err)


def test_progress_is_hidden(tmp_path):
    with serving(CONTENT, Manner(stall=100_000)) as server:
        process = child(f"{server.host}/x.bin", tmp_path, sha(CONTENT))
        wait_until(lambda: server.asked)
        time.sleep(1.2)  # a bar shows itself after a second
        server.go_on.set()
        assert process.communicate(timeout=30) == ("300000\n", "")


# Archives: nothing outside of their folder, and the folder whole or not at all.


def tar(*members, mode="w:gz"):
    """An archive of (name, content), or of (name, type, target) for links and devices."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, *rest in members:
            member = tarfile.TarInfo(name)
            content = rest[0] if len(rest) == 1 else b""
            if len(rest) == 2:
                member.type, member.linkname = rest
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def zipped(*members, kind=zipfile.ZIP_DEFLATED):
    """An archive of (name, content), or of (name, content, Unix mode)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, content, *mode in members:
            member = zipfile.ZipInfo(name)
            member.compress_type = kind
            member.external_attr = (mode[0] if mode else stat.S_IFREG | 0o644) << 16
            archive.writestr(member, content)
    return file.getvalue()


def unpacked(folder, name, archive):
    """Ask for the unpacked archive, which is in the folder already: there is no network."""
    (folder / name).write_bytes(archive)
    url = f"http://nowhere.invalid/{name}"
    return {"url": url, "sha256": sha(archive), "folder": folder, "unpack": True}


TREE = (("a.txt", b"A"), ("below/b.txt", b"B"))


@pytest.mark.parametrize(
    ("name", "archive"),
    [
        ("x.zip", zipped(*TREE)),
        ("x.zip", zipped(("below/", b""), *TREE, kind=zipfile.ZIP_STORED)),
        ("x.tar", tar(*TREE, mode="w:")),
        ("x.tar.gz", tar(*TREE)),
        ("x.tgz", tar(("./a.txt", b"A"), ("./below/b.txt", b"B"))),
        ("x.tar.bz2", tar(*TREE, mode="w:bz2")),
        ("x.TAR.XZ", tar(*TREE, mode="w:xz")),
        ("x.gz", tar(*TREE)),
        ("x.zip", tar(*TREE, mode="w:")),  # what it is counts, not what it is called
    ],
)
def test_unpacks(tmp_path, name, archive):
    asked = unpacked(tmp_path, name, archive)
    folder = download(**asked)
    assert folder == tmp_path / "x"
    assert (folder / "a.txt").read_bytes() == b"A"
    assert (folder / "below" / "b.txt").read_bytes() == b"B"
    assert sorted(path.name for path in folder.glob("[!.]*")) == ["a.txt", "below"]
    assert files(tmp_path) == sorted(["x", name])


def test_fetches_and_unpacks_and_uses_it_again(tmp_path):
    with serving(tar(*TREE)) as server:
        asked = {"url": f"{server.host}/x.tar.gz", "sha256": sha(server.content), "unpack": True}
        for _ in range(2):
            assert download(**asked, folder=tmp_path) == tmp_path / "x"
        assert len(server.asked) == 1
    (tmp_path / "x" / "a.txt").write_bytes(b"changed by the reader")
    (tmp_path / "x.tar.gz").unlink()  # whoever needs the room
    assert download(**asked, folder=tmp_path) == tmp_path / "x"
    assert (tmp_path / "x" / "a.txt").read_bytes() == b"changed by the reader"


def test_a_single_file(tmp_path):
    folder = download(**unpacked(tmp_path, "words.txt.gz", gzip.compress(CONTENT)))
    assert folder == tmp_path / "words.txt"
    assert (folder / "words.txt").read_bytes() == CONTENT


def test_a_single_file_that_begins_with_zeros(tmp_path):
    """As raw pictures with a black edge do; tarfile takes that for an empty tar."""
    folder = download(**unpacked(tmp_path, "x.raw.gz", gzip.compress(bytes(20_000) + CONTENT)))
    assert (folder / "x.raw").read_bytes() == bytes(20_000) + CONTENT


def test_a_name_without_a_suffix(tmp_path):
    folder = download(**unpacked(tmp_path, "x", zipped(*TREE)))
    assert (folder / "a.txt").read_bytes() == b"A"
    assert files(tmp_path) == ["x", "x-unpacked"]


def test_a_tar_that_ends_in_a_zip(tmp_path):
    inner = zipped(("inner.txt", b"I"))
    folder = download(**unpacked(tmp_path, "x.tar", tar(*TREE, ("in.zip", inner), mode="w:")))
    assert (folder / "in.zip").read_bytes() == inner


def test_a_newer_archive_replaces_the_folder(tmp_path):
    download(**unpacked(tmp_path, "x.zip", zipped(*TREE)))
    download(**unpacked(tmp_path, "x.zip", zipped(("new.txt", b"N"))))
    assert sorted(path.name for path in (tmp_path / "x").glob("[!.]*")) == ["new.txt"]
    assert files(tmp_path) == ["x", "x.zip"]


def test_links_that_stay_inside(tmp_path):
    archive = tar(
        ("d/a.txt", b"A"),
        ("d/soft", tarfile.SYMTYPE, "a.txt"),
        ("hard", tarfile.LNKTYPE, "d/a.txt"),
    )
    folder = download(**unpacked(tmp_path, "x.tar.gz", archive))
    assert (folder / "d" / "soft").read_bytes() == (folder / "hard").read_bytes() == b"A"


LINK = stat.S_IFLNK | 0o777
UNSAFE = {
    "zip, up": zipped(("a.txt", b"A"), ("../evil", b"E")),
    "zip, up from below": zipped(("a/../../evil", b"E")),
    "zip, up by backslashes": zipped(("..\\evil", b"E")),
    "zip, absolute": zipped(("/tmp/d2l-evil", b"E")),
    "zip, drive": zipped(("C:\\evil", b"E")),
    "zip, link": zipped(("link", "/etc/passwd", LINK)),
    "zip, link and through it": zipped(("link", "..", LINK), ("link/evil", b"E")),
    "zip, device": zipped(("pipe", b"", stat.S_IFIFO | 0o644)),
    "tar, up": tar(("a.txt", b"A"), ("../evil", b"E")),
    "tar, up from below": tar(("a/../../evil", b"E")),
    "tar, absolute": tar(("/tmp/d2l-evil", b"E")),
    "tar, soft link up": tar(("link", tarfile.SYMTYPE, "../x.bin")),
    "tar, soft link to an absolute path": tar(("link", tarfile.SYMTYPE, "/etc/passwd")),
    "tar, through a soft link": tar(("link", tarfile.SYMTYPE, ".."), ("link/evil", b"E")),
    "tar, hard link up": tar(("link", tarfile.LNKTYPE, "../victim")),
    "tar, hard link to an absolute path": tar(("link", tarfile.LNKTYPE, "/etc/passwd")),
    "tar, character device": tar(("device", tarfile.CHRTYPE, "")),
    "tar, block device": tar(("device", tarfile.BLKTYPE, "")),
    "tar, pipe": tar(("pipe", tarfile.FIFOTYPE, "")),
    # A path too long to be resolved, from which older versions of tarfile were led out.
    "tar, chain of links": tar(
        *((f"{'d' * 200}/" * k + "d" * 200, tarfile.DIRTYPE, "") for k in range(16)),
        ("way", tarfile.SYMTYPE, "/".join(["d" * 200] * 16)),
        ("out", tarfile.SYMTYPE, "way" + "/.." * 17),
        ("out/evil", b"E"),
    ),
}


@pytest.mark.parametrize("archive", UNSAFE.values(), ids=UNSAFE)
def test_unsafe_archives_leave_nothing(tmp_path, archive):
    (tmp_path / "victim").write_bytes(b"V")
    inside = tmp_path / "in"
    inside.mkdir()
    said = error_of(**unpacked(inside, "x.bin", archive))
    assert "is not safe to unpack" in said
    assert files(inside) == ["x.bin"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "victim"]
    assert not Path("/tmp/d2l-evil").exists()


def damaged(archive):
    """The same archive with some bytes changed."""
    middle = len(archive) * 3 // 4
    return (
        archive[:middle]
        + bytes(255 - byte for byte in archive[middle : middle + 40])
        + (archive[middle + 40 :])
    )


def encrypted():
    archive = bytearray(zipped(("a.txt", CONTENT)))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(signature) + offset] |= 1
    return bytes(archive)


TEXT = random.Random(3).randbytes(100_000).hex().encode()  # compresses, so that damage shows
BROKEN = {
    "no archive": (CONTENT, "is no archive that d2l.download unpacks"),
    "empty": (b"", "is no archive"),
    "page": (PAGE, "is no archive"),
    "single bz2": (b"BZh91AY&SY", "is no archive"),
    "zip": (damaged(zipped(("a.txt", CONTENT))), "cannot be unpacked"),
    "zip, cut": (zipped(("a.txt", CONTENT))[:-30], "is no archive"),
    "zip, encrypted": (encrypted(), "password required"),
    "tar.gz, cut": (tar(("a.txt", CONTENT))[:-1000], "cannot be unpacked"),
    "tar.bz2": (damaged(tar(("a.txt", CONTENT * 5), mode="w:bz2")), "cannot be unpacked"),
    "tar.xz": (damaged(tar(("a.txt", TEXT), mode="w:xz")), "cannot be unpacked"),
    "tar, cut": (tar(("a.txt", CONTENT), mode="w:")[:100_000], "cannot be unpacked"),
    "tar, link to nothing": (
        tar(("a.txt", b"A"), ("b", tarfile.LNKTYPE, "gone")),
        "cannot be unpacked",
    ),
    "gz, cut": (gzip.compress(CONTENT)[:-9], "cannot be unpacked"),
    "gz": (damaged(gzip.compress(CONTENT)), "cannot be unpacked"),
}


@pytest.mark.parametrize(("archive", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_archives_leave_nothing(tmp_path, archive, message):
    assert message in error_of(**unpacked(tmp_path, "x.bin", archive))
    assert files(tmp_path) == ["x.bin"]


ZEROS = bytes(3_000_000)
BOMBS = {
    "zip": zipped(("a.txt", ZEROS)),
    "zip, many": zipped(*((f"{k}.txt", ZEROS[:400_000]) for k in range(8))),
    "tar.xz": tar(("a.txt", ZEROS), mode="w:xz"),
    "gz": gzip.compress(ZEROS),
}


@pytest.mark.parametrize("archive", BOMBS.values(), ids=BOMBS)
def test_bombs_are_not_unpacked(tmp_path, monkeypatch, archive):
    download(**unpacked(tmp_path, "x.bin", archive))  # no gigabyte yet
    monkeypatch.setattr(unpacking, "MOST_BYTES", 2_000_000)
    assert "larger than an archive of its size" in error_of(
        **{**unpacked(tmp_path, "y.bin", archive)}
    )
    assert files(tmp_path) == ["x.bin", "x.bin-unpacked", "y.bin"]


def test_a_folder_of_the_reader_is_left_alone(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "mine.txt").write_text("mine")
    asked = unpacked(tmp_path, "x.zip", zipped(*TREE))
    assert "is there already and did not come from this archive" in error_of(**asked)
    assert files(tmp_path / "x") == ["mine.txt"]


def test_the_folder_of_another_archive_is_left_alone(tmp_path):
    asked = unpacked(tmp_path, "x.zip", zipped(*TREE))
    folder = download(**asked)
    other = unpacked(tmp_path, "x.tar.gz", tar(("new.txt", b"N")))
    assert "is there already and did not come from this archive" in error_of(**other)
    assert download(**asked) == folder
    assert (folder / "a.txt").read_bytes() == b"A"


def test_what_an_ended_run_left_is_cleared(tmp_path):
    for left in (".x.zip.fresh", ".x.zip.old"):
        (tmp_path / left / "below").mkdir(parents=True)
    download(**unpacked(tmp_path, "x.zip", zipped(*TREE)))
    assert files(tmp_path) == ["x", "x.zip"]


def test_an_archive_cannot_mark_itself(tmp_path):
    mark = ".unpacked-from-sha256"
    asked = unpacked(tmp_path, "x.tar.gz", tar((mark, tarfile.SYMTYPE, "a.txt"), ("a.txt", b"A")))
    assert (download(**asked) / "a.txt").read_bytes() == b"A"
    assert download(**asked) == tmp_path / "x"


def test_says_where_it_is_built_by_hand():
    assert "Built by hand in 03/18." in (download.__doc__ or "")
