"""Cuts every Python process of the tests off from other machines; this machine stays reachable.

Python imports a module of this name when it starts. With this folder first on PYTHONPATH (the Makefile and
tests/conftest.py see to that) it runs in pytest, its workers, the servers and the kernels they start. An
audit hook sees every connection, whatever library makes it, and nothing can take it out again.
"""

import errno
import ipaddress
import sys
from _socket import EAI_NONAME, gaierror

CONNECTING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKING_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


def is_here(host: object) -> bool:
    """True where `host` is this machine: no name, "localhost", or an address of the loopback range."""
    if isinstance(host, bytes | bytearray):
        host = bytes(host).decode("idna")
    if not isinstance(host, str) or host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse_other_machines(event: str, arguments: tuple) -> None:
    """Audit hook: OSError for a connection, gaierror for a look-up that would leave this machine."""
    if event in CONNECTING:
        address = arguments[1]
        # A Unix socket's address is a string; Netlink's and Bluetooth's tuples don't start with a host name.
        if isinstance(address, tuple) and address and not is_here(address[0]):
            raise OSError(
                errno.ENETUNREACH, f"the tests run without network, and this asked for {address[0]}"
            )
    elif event in LOOKING_UP and not is_here(arguments[0]):
        raise gaierror(EAI_NONAME, f"the tests run without network, and this asked for {arguments[0]}")


sys.addaudithook(refuse_other_machines)
