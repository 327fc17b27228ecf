"""Encoded images, and files that are none."""

import io
import struct
import zlib

from PIL import Image

from tests.datasets.files import pixels


def encoded(image, kind="JPEG", mode=None, **options):
    buffer = io.BytesIO()
    image = Image.fromarray(image)
    image.convert(mode or image.mode).save(buffer, kind, **options)
    return buffer.getvalue()


def png_bomb():
    content = bytearray(encoded(pixels(0), "PNG"))
    header = struct.pack(">II", 60000, 60000) + content[24:29]
    content[16:29] = header
    content[29:33] = struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return bytes(content)


def jpeg_bomb():
    content = bytearray(encoded(pixels(0), "JPEG"))
    frame = content.find(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", 60000, 60000)
    return bytes(content)


def flipped_png():
    content = bytearray(encoded(pixels(0), "PNG"))
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


DAMAGED = {
    "an empty file": b"",
    "a web page": b"<!DOCTYPE html><html><body>404</body></html>",
    "a truncated JPEG": encoded(pixels(0, 32, 32), "JPEG")[:-200],
    "a truncated PNG": encoded(pixels(0), "PNG")[:-40],
    "a PNG with a flipped byte": flipped_png(),
    "a GIF": encoded(pixels(0), "GIF"),
    "a palette BMP": encoded(pixels(0), "BMP", "P"),
    "a PNG that claims 60000x60000 pixels": png_bomb(),
    "a JPEG that claims 60000x60000 pixels": jpeg_bomb(),
}
