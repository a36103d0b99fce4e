"""What stands in the way of a download, in one line: the cause, and the setting to change."""

import os
import re
import ssl
from urllib.parse import urlsplit

from requests import RequestException
from requests.exceptions import InvalidProxyURL, InvalidSchema, InvalidURL, ProxyError, SSLError
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import NewConnectionError

from d2lutils.errors import BookError
from d2lutils.installing import install_line

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # in requests' order
_STATUSES = {
    401: "It wants a login: fetch the file with a browser",
    403: "It does not give the file to a program: fetch it with a browser",
    404: "The file is not there: check the address",
}
# OpenSSL's numbers of what can be wrong with a certificate, and what to do about it.
_UNKNOWN_ISSUER = (18, 19, 20, 21)
_DATE = (9, 10)
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
    """Return the error for an answer that another try does not mend."""
    if status == 407 and _proxy(url)[0]:
        return _of_proxy("407 Proxy Authentication Required", url)
    remedy = _STATUSES.get(status, "Check the address")
    return BookError(f"{shown(url)}: {answering(url)} answers {status}. {remedy}.")


def of_error(error: Exception, url: str) -> BookError:
    """Return the error for what requests and urllib3 raise where another try does not mend it."""
    if isinstance(error, RequestException) and error.request is not None:
        url = str(error.request.url)  # where a redirection has led
    for found in (_of_certificates(url), _of_proxy_address(error, url)):
        if found:
            return found
    if isinstance(error, ProxyError) or (_proxy(url)[0] and _is_unreached(error)):
        return _of_proxy(str(error), url)
    if isinstance(error, SSLError):
        return _of_tls(error, url)
    if _is_unreached(error):
        return BookError(
            f"{shown(url)}: its host is not known or not reached from here. Check the address "
            "and whether this machine is online, then run this again."
        )
    cause = " ".join(str(error).split())[:200]
    return BookError(f"{shown(url)}: {cause}. Check the address.")


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


def _of_certificates(url: str) -> BookError | None:
    """Return the error where the environment names a file of certificates that is none."""
    name = next((name for name in _BUNDLES if os.environ.get(name)), "")
    if not name or urlsplit(url).scheme != "https":
        return None
    bundle = os.environ[name]
    try:
        if not os.path.isdir(bundle):
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(bundle)
    except ssl.SSLError:
        cause = "holds no certificates"
    except OSError as error:
        cause = f"cannot be read ({error.strerror})"
    else:
        return None
    return BookError(
        f"{name}={bundle:.200} {cause}. Set it to a file of certificates, or unset it."
    )


def _of_proxy_address(error: Exception, url: str) -> BookError | None:
    """Return the error where a proxy's address is none, or of a kind that nothing here speaks."""
    proxy, setting = _proxy(url)
    if proxy.startswith("socks") and isinstance(error, InvalidSchema):
        return BookError(
            f"The proxy from {setting} speaks SOCKS, for which the package PySocks is needed. "
            f"Type: {install_line('pysocks')}, or change {setting}."
        )
    # requests says with which request it failed, unless it refuses the address of the file.
    of_proxy = isinstance(error, InvalidURL) and error.request is not None
    if not proxy or not (of_proxy or isinstance(error, InvalidProxyURL)):
        return None
    return BookError(
        f"{_without_login(proxy)!r} (from {setting}) is no proxy. Change {setting} to "
        "http://host:port, or take it away."
    )


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
    """Return the error for a connection that is not safe."""
    cause = _within(error)
    if not isinstance(cause, ssl.SSLCertVerificationError):
        return BookError(
            f"{shown(url)}: no TLS connection ({getattr(cause, 'reason', cause)}). Check the "
            "address: its host, its port, and whether it starts with http: or https:."
        )
    if cause.verify_code in _UNKNOWN_ISSUER:
        remedy = (
            "Where your school or firm has certificates of its own, set REQUESTS_CA_BUNDLE to "
            "their file; else do not trust this address"
        )
    elif cause.verify_code in _DATE:
        remedy = "Check the clock of this machine; where it is right, look for another address"
    else:
        remedy = "Check the address"
    told = cause.verify_message.rstrip(".")
    return BookError(f"{shown(url)}: its certificate is not accepted ({told}). {remedy}.")
