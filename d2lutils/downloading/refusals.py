"""What stands in the way of a download, in one line: the cause, and the setting to change."""

import os
import re
import ssl
from urllib.parse import urlsplit

from requests import RequestException
from requests.exceptions import InvalidProxyURL, InvalidSchema, InvalidURL, ProxyError, SSLError
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import NewConnectionError

from d2lutils.errors import BookError, one_line
from d2lutils.installing import install_line

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # in requests' order
_STATUSES = {
    401: "It wants a login: fetch the file with a browser",
    403: "It does not give the file to a program: fetch it with a browser",
    404: "The file is not there: check the address",
}
_REMEDIES = {  # by OpenSSL's numbers of what is wrong with a certificate
    **dict.fromkeys(
        (18, 19, 20, 21),  # its issuer is not known
        "Where your school or firm has certificates of its own, set REQUESTS_CA_BUNDLE to their "
        "file; else do not trust this address",
    ),
    **dict.fromkeys(
        (9, 10), "Check the clock of this machine; where it is right, look for another address"
    ),
}
_UNREACHED = re.compile("NewConnectionError|NameResolutionError")


def shown(url: str) -> str:
    """Return an address as a message shows it: without a password and without its query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:200]


def answering(url: str) -> str:
    """Return in words who answers: the server, or perhaps the proxy on the way to it."""
    _, setting = _proxy(url)
    return f"the server, or the proxy from {setting}," if setting else "the server"


def of_status(status: int, url: str) -> BookError:
    if status == 407 and _proxy(url)[0]:
        return _of_proxy("407 Proxy Authentication Required", url)
    remedy = _STATUSES.get(status, "Check the address")
    return BookError(f"{shown(url)}: {answering(url)} answers {status}. {remedy}.")


def of_error(error: Exception, url: str) -> BookError:
    """Return the error for what requests and urllib3 raise where another try does not mend it."""
    # requests says with which request it failed, unless it refuses the address of the file.
    asked = isinstance(error, RequestException) and error.request is not None
    if asked:
        url = str(error.request.url)  # type: ignore[attr-defined]  # where it was redirected to
    proxy, setting = _proxy(url)
    if told := _of_certificates(url):
        return BookError(told)
    if proxy.startswith("socks") and isinstance(error, InvalidSchema):
        line = install_line("pysocks")
        told = f"The proxy from {setting} speaks SOCKS, for which the package PySocks is needed. "
        return BookError(f"{told}Type: {line}, or change {setting}.")
    if proxy and (isinstance(error, InvalidProxyURL) or (asked and isinstance(error, InvalidURL))):
        told = f"{_without_login(proxy)!r} (from {setting}) is no proxy"
        return BookError(f"{told}. Change {setting} to http://host:port, or take it away.")
    if isinstance(error, ProxyError) or (proxy and _is_unreached(error)):
        return _of_proxy(str(error), url)
    if isinstance(error, SSLError):
        return _of_tls(error, url)
    if _is_unreached(error):
        return BookError(
            f"{shown(url)}: its host is not known or not reached from here. Check the address "
            "and whether this machine is online, then run this again."
        )
    return BookError(f"{shown(url)}: {one_line(error, 200)}. Check the address.")


def is_lasting(error: Exception) -> bool:
    """Whether another try would fail in the same way."""
    if isinstance(error, SSLError):
        return not isinstance(_within(error), ssl.SSLEOFError)  # the connection broke off
    return isinstance(error, ProxyError) or _is_unreached(error)


def _is_unreached(error: Exception) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _proxy(url: str) -> tuple[str, str]:
    """Return the proxy on the way to an address and the setting that names it, if there is one."""
    proxy = select_proxy(url, get_environ_proxies(url, no_proxy=None)) or ""
    for name, value in os.environ.items() if proxy else ():
        if name.lower() in (f"{urlsplit(url).scheme}_proxy", "all_proxy") and value == proxy:
            return proxy, name
    return proxy, "this system's settings" if proxy else ""


def _of_certificates(url: str) -> str:
    """Return what is wrong with the environment's file of certificates, if anything is."""
    name = next((name for name in _BUNDLES if os.environ.get(name)), "")
    bundle = os.environ.get(name, "")
    if not bundle or urlsplit(url).scheme != "https" or os.path.isdir(bundle):
        return ""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(bundle)
    except OSError as error:
        unread = f"cannot be read ({error.strerror})"
        cause = "holds no certificates" if isinstance(error, ssl.SSLError) else unread
        return f"{name}={bundle:.200} {cause}. Set it to a file of certificates, or unset it."
    return ""


def _of_proxy(cause: str, url: str) -> BookError:
    proxy, setting = _proxy(url)
    what = f"{shown(url)}: the proxy {_without_login(proxy)} (from {setting})"
    if "407" in cause:
        return BookError(f"{what} wants a login. Put it there: http://user:password@host:port.")
    if refused := re.search(r"Tunnel connection failed: (\d+[\w ]*)", cause):
        told = f"refuses ({refused[1].strip()})"
    else:
        told = "is not reached" if _UNREACHED.search(cause) else "gives no connection"
    host = urlsplit(url).hostname
    return BookError(f"{what} {told}. Change {setting}, or put {host} into NO_PROXY.")


def _without_login(proxy: str) -> str:
    return proxy.rpartition("@")[2][:100]


def _within(error: Exception) -> object:
    """Return the error of Python's ssl module that requests and urllib3 have wrapped."""
    cause: object = error
    while isinstance(cause, Exception) and not isinstance(cause, ssl.SSLError):
        inner = getattr(cause, "reason", None)
        cause = inner if isinstance(inner, Exception) else next(iter(cause.args), None)
    return cause


def _of_tls(error: Exception, url: str) -> BookError:
    cause = _within(error)
    if not isinstance(cause, ssl.SSLCertVerificationError):
        return BookError(
            f"{shown(url)}: no TLS connection ({getattr(cause, 'reason', cause)}). Check the "
            "address: its host, its port, and whether it starts with http: or https:."
        )
    remedy = _REMEDIES.get(cause.verify_code, "Check the address")
    told = cause.verify_message.rstrip(".")
    return BookError(f"{shown(url)}: its certificate is not accepted ({told}). {remedy}.")
