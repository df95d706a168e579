"""A network that is slow: ``python -m tests.bench.delay HOST:PORT`` hands on what arrives, each way so much later.

It says where it listens, in a line that ends in the address, and ends with its standard input.
"""

import argparse
import asyncio
import sys
from contextlib import suppress

PIECE = 65_536


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Every piece so much later than it came, also where more of them are on their way; then the end."""
    clock = asyncio.get_running_loop().time
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def arrive() -> None:
        is_open = True
        while is_open:
            due, piece = await under_way.get()
            await asyncio.sleep(due - clock())
            writer.write(piece)
            is_open = bool(piece)
        writer.close()

    arriving = asyncio.create_task(arrive())
    piece = b"-"
    while piece:
        with suppress(ConnectionError):
            piece = b""
            piece = await reader.read(PIECE)
        under_way.put_nowait((clock() + seconds, piece))
    await arriving


async def serve(host: str, port: int, seconds: float) -> None:
    """Listen on a free port of this machine, and hand everything on to that server and back."""

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_hand_on(reader, server_writer, seconds), _hand_on(server_reader, writer, seconds))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    print(f"listening on http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.delay", description=__doc__)
    parser.add_argument("server", help="HOST:PORT of the server")
    parser.add_argument("--ms", type=float, default=20, help="milliseconds each way; 20")
    chosen = parser.parse_args()
    host, _, port = chosen.server.rpartition(":")
    asyncio.run(serve(host, int(port), chosen.ms / 1000))


if __name__ == "__main__":
    main()
