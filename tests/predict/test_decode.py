"""From a file's bytes to an upright RGB picture."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile

from coursekit.core.errors import CourseError
from coursekit.predict.decode import MOST_MEMORY, PictureError, as_rgb, decode

from .conftest import run_python

REFUSED = {
    "bomb_50000x50000.png": "50,000 x 50,000 pixels",
    "broken.png": "damaged",
    "broken_data_stream.png": "damaged",
    "decompression_bomb.gif": "more pixels than can be opened",
    "drawing.svg": "SVG drawing",
    "empty.png": "is empty",
    "text_renamed.jpg": "not a picture",
    "truncated_image.png": "damaged",
    "truncated_jpeg.jpg": "damaged",
}


def test_every_upload_is_an_upright_rgb_picture_or_one_sentence(uploads: Path) -> None:
    refused = {}
    for path in sorted(uploads.iterdir()):
        for at_least in (None, 64, 224):
            try:
                image = decode(path.read_bytes(), path.name, at_least)
            except PictureError as error:
                refused[path.name] = str(error)
            else:
                assert image.mode == "RGB"
                assert image.size == Image.fromarray(np.asarray(image)).size
    assert refused.keys() == REFUSED.keys()
    for name, said in refused.items():
        assert said.startswith(name)
        assert REFUSED[name] in said
        assert said.count(". ") == 0
        assert said.endswith(".")


@pytest.mark.parametrize(
    ("name", "size"),
    [("phone_orientation6.jpg", (500, 375)), ("hopper_orientation_8.webp", (128, 128))],
)
def test_a_picture_is_turned_as_its_camera_was(
    uploads: Path, name: str, size: tuple[int, int]
) -> None:
    image = decode((uploads / name).read_bytes(), name)
    assert image.size == size
    upright = uploads / ("progressive.jpg" if "phone" in name else "hopper.webp")
    assert _difference(image, decode(upright.read_bytes(), name)) < 6
    again = io.BytesIO()
    image.save(again, "PNG")
    assert decode(again.getvalue(), "again.png").size == size


def as_stored(upright: Image.Image, turn: int) -> Image.Image:
    """As a camera stores it that was held as the orientation `turn` says."""
    undo = {6: 90, 8: 270, 3: 180}
    flip = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        7: Image.Transpose.TRANSVERSE,
    }
    if turn in flip:
        return upright.transpose(flip[turn])
    return upright.rotate(undo[turn], expand=True) if turn in undo else upright


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_all_eight_orientations_are_undone(kind: str, turn: int) -> None:
    upright = Image.linear_gradient("L").resize((64, 32)).convert("RGB")
    upright.paste("red", (0, 0, 16, 8))
    exif = Image.Exif()
    exif[0x0112] = turn
    file = io.BytesIO()
    as_stored(upright, turn).save(file, kind, exif=exif, quality=95)
    image = decode(file.getvalue(), "photo")
    assert image.size == upright.size
    assert _difference(image, upright) < 8


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0",
        b"Exif\0\0MM\0*",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01",
        b"Exif\0\0garbage garbage garbage",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x02\xff\xff\xff\xff\0\0\xff\xff",
    ],
)
def test_broken_exif_data_is_passed_over(exif: bytes) -> None:
    file = io.BytesIO()
    Image.new("RGB", (30, 20)).save(file, "JPEG", exif=exif)
    assert decode(file.getvalue(), "photo.jpg").size == (30, 20)


def test_a_png_and_a_gif_under_a_jpg_name_are_read(pets: Path) -> None:
    starts = {path.name: path.read_bytes()[:4] for path in pets.glob("*.jpg")}
    odd = [name for name, start in starts.items() if not start.startswith(b"\xff\xd8")]
    assert len(odd) == 2
    for name in odd:
        assert decode((pets / name).read_bytes(), name).mode == "RGB"


@pytest.mark.parametrize("name", ["gray16.png", "16bit.cropped.tif", "hopper_16bit.pgm"])
def test_sixteen_bits_are_scaled_not_clipped(uploads: Path, name: str) -> None:
    with Image.open(uploads / name) as stored:
        expected = np.asarray(stored.convert("I"), dtype=float) / 257
    found = np.asarray(decode((uploads / name).read_bytes(), name), dtype=float)
    assert np.abs(found[..., 0] - expected).max() <= 0.5
    np.testing.assert_array_equal(found[..., 0], found[..., 2])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0.5, 1], [0, 128, 255]),
        ([0, 100, 255], [0, 100, 255]),
        ([0, 32768, 65535], [0, 128, 255]),
        ([-1000, 0, 1000], [0, 128, 255]),
        ([3e9, 3e9, 3e9], None),
        ([float("nan"), 0, float("inf")], None),
    ],
)
def test_float_grey_is_scaled_by_the_range_it_uses(
    values: list[float], expected: list[int] | None
) -> None:
    image = as_rgb(Image.fromarray(np.array([values], dtype=np.float32)))
    assert image.mode == "RGB"
    if expected:
        np.testing.assert_array_equal(np.asarray(image)[0, :, 0], expected)


def test_what_is_transparent_becomes_white(uploads: Path) -> None:
    with Image.open(uploads / "rgba.png") as stored:
        rgba = np.asarray(stored.convert("RGBA"), dtype=float)
    found = np.asarray(decode((uploads / "rgba.png").read_bytes(), "rgba.png"), dtype=float)
    alpha = rgba[..., 3:] / 255
    assert np.abs(found - (rgba[..., :3] * alpha + 255 * (1 - alpha))).max() <= 1.5


@pytest.mark.parametrize("mode", ["LA", "PA", "RGBA", "RGBa", "P", "I;16", "L", "1", "RGB"])
def test_transparency_of_every_kind_becomes_white(mode: str) -> None:
    if mode in ("LA", "PA", "RGBA", "RGBa"):
        image = Image.new("RGBA", (4, 4), (0, 0, 0, 0)).convert("RGBA" if mode == "PA" else mode)
        image = image.convert("PA") if mode == "PA" else image
    else:
        image = Image.new(mode, (4, 4))
        image.info["transparency"] = (0, 0, 0) if mode == "RGB" else 0
    assert set(np.asarray(as_rgb(image)).ravel().tolist()) == {255}


def test_cmyk_as_photoshop_stores_it_is_not_inverted(uploads: Path) -> None:
    image = decode((uploads / "pil_sample_cmyk.jpg").read_bytes(), "pil_sample_cmyk.jpg")
    with Image.open(uploads / "pil_sample_cmyk.jpg") as stored:
        assert stored.mode == "CMYK"
        assert _difference(image, stored.convert("RGB")) == 0
    assert np.asarray(image)[0, 0].tolist() > [200, 200, 200]  # a white corner


def test_an_animation_gives_its_first_frame(uploads: Path) -> None:
    for name in ("dispose_bgnd.gif", "multipage.tiff", "sugarshack.mpo"):
        with Image.open(uploads / name) as stored:
            first = as_rgb(stored.copy())
        assert _difference(decode((uploads / name).read_bytes(), name), first) == 0


@pytest.mark.parametrize("at_least", [100, 128, 200, 375, 400])
def test_a_jpeg_is_reduced_as_far_as_the_shorter_side_allows(uploads: Path, at_least: int) -> None:
    data = (uploads / "progressive.jpg").read_bytes()  # 500 x 375
    by = {100: 2, 128: 2, 200: 1, 375: 1, 400: 1}[at_least]
    image = decode(data, "progressive.jpg", at_least)
    assert image.size == (500 // by, -(-375 // by))
    assert min(image.size) >= min(at_least, 375)


def test_reducing_gives_nearly_the_same_pixels(pets: Path) -> None:
    data = (pets / "Bengal_10.jpg").read_bytes()
    full, reduced = decode(data, "photo"), decode(data, "photo", 60)
    assert reduced.width == full.width // 4
    small = [image.resize((32, 24), Image.Resampling.BILINEAR) for image in (full, reduced)]
    assert _difference(*small) < 1


def test_a_very_wide_jpeg_keeps_its_three_rows() -> None:
    file = io.BytesIO()
    Image.new("RGB", (20_000, 3), "teal").save(file, "JPEG")
    assert decode(file.getvalue(), "wide.jpg").size == (20_000, 3)
    assert decode(file.getvalue(), "wide.jpg", 224).size == (20_000, 3)


def heic(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(image).save(file, quality=95, **options)
    return file.getvalue()


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_heic_photo_is_turned_once(turn: int) -> None:
    upright = Image.linear_gradient("L").resize((64, 32)).convert("RGB")
    upright.paste("red", (0, 0, 16, 8))
    exif = Image.Exif()
    exif[0x0112] = turn
    stored = as_stored(upright, turn)
    image = decode(heic(stored, exif=exif.tobytes()), "IMG_1.HEIC")
    assert (image.mode, image.size) == ("RGB", (64, 32))
    assert _difference(image, upright) < 8
    again = io.BytesIO()
    image.save(again, "JPEG")
    assert decode(again.getvalue(), "again.jpg").size == (64, 32)


def test_heic_photos_with_tiles_and_clear_parts_are_read() -> None:
    image = Image.linear_gradient("L").convert("RGB")
    assert _difference(decode(heic(image, tile_size=64), "tiles.heic"), image) < 3
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert min(decode(heic(clear), "clear.heic").getpixel((30, 30))) > 250


def test_a_heic_photo_that_lies_about_its_size_is_a_sentence() -> None:
    honest = heic(Image.new("RGB", (600, 400)))
    for width, height, said in ((64, 64, "damaged"), (60_000, 60_000, "60,000 x 60,000 pixels")):
        lie = honest.replace(struct.pack(">II", 600, 400), struct.pack(">II", width, height))
        assert lie != honest
        with pytest.raises(PictureError, match=said):
            decode(lie, "lie.heic")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=8))
def test_a_damaged_heic_photo_is_a_sentence_or_a_picture(flips: list[tuple[float, int]]) -> None:
    data = bytearray(heic(Image.linear_gradient("L").convert("RGB")))
    for place, bits in flips:
        data[int(place * (len(data) - 1))] ^= bits
    try:
        said = decode(bytes(data), "IMG_1.HEIC").mode
    except PictureError as error:
        said = str(error)
    assert said == "RGB" or said.startswith("IMG_1.HEIC")


def test_pillow_itself_does_not_learn_heic_from_us() -> None:
    decode(heic(Image.new("RGB", (20, 20))), "IMG_1.HEIC")
    assert "HEIF" not in Image.registered_extensions().values()


@pytest.mark.parametrize(
    "start", [b"%!PS-Adobe-3.0 EPSF-3.0\n", b"%PDF-1.7\n", b"\xc5\xd0\xd3\xc6"]
)
def test_formats_that_start_other_programs_are_not_opened(start: bytes) -> None:
    with pytest.raises(PictureError, match="not a picture"):
        decode(start + b"%%BoundingBox: 0 0 10 10\n" * 9, "figure.png")


def test_a_png_with_a_colour_profile_keeps_its_numbers(uploads: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (profile, b"not a profile", profile[: len(profile) // 2]):
        file = io.BytesIO()
        Image.new("RGB", (5, 5), (10, 20, 30)).save(file, "PNG", icc_profile=icc)
        image = decode(file.getvalue(), "photo.png")
        assert image.getpixel((2, 2)) == (10, 20, 30)


def test_threads_decode_at_once_and_agree(uploads: Path) -> None:
    data = (uploads / "phone_orientation6.jpg").read_bytes()
    expected = decode(data, "photo", 64).tobytes()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: decode(data, "photo", 64).tobytes(), range(64)))
    assert set(found) == {expected}


def test_the_same_result_where_truncated_files_are_tolerated(
    uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    data = (uploads / "truncated_jpeg.jpg").read_bytes()
    assert decode(data, "truncated_jpeg.jpg").mode == "RGB"


@pytest.mark.parametrize(
    "name", ["hopper.jpg", "i_trns.png", "dispose_bgnd.gif", "multipage.tiff", "hopper.webp"]
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=8))
def test_damage_never_raises_anything_but_a_sentence(
    uploads: Path, name: str, flips: list[tuple[float, int]]
) -> None:
    data = bytearray((uploads / name).read_bytes())
    for place, bits in flips:
        data[int(place * (len(data) - 1))] ^= bits
    try:
        said = decode(bytes(data), name).mode
    except CourseError as error:
        said = str(error)
    assert said == "RGB" or said.startswith(name)


GROWTH = """
import re, sys
from pathlib import Path
from coursekit.predict import PictureError, decode
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
for name in sys.argv[1:]:
    data = Path(name).read_bytes()
    before = peak()
    try:
        size = decode(data, "photo").size
    except PictureError:
        size = 0, 0
    print(peak() - before, size[0] * size[1])
    if size[0]:
        decode(data, "photo", 224)
"""
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")


@needs_proc
def test_no_upload_makes_the_process_grow_by_300_megabytes(uploads: Path) -> None:
    said = run_python(GROWTH, *sorted(uploads.iterdir())).split()
    assert max(map(int, said[::2])) < 100_000_000


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_108_megapixel_jpeg_is_read_smaller(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "large.jpg"
    Image.linear_gradient("L").convert("RGB").resize((12_000, 9_000)).save(path, exif=exif)
    growth, pixels = map(int, run_python(GROWTH, path).split())
    assert growth < 300_000_000
    assert pixels == 6_000 * 4_500


@needs_proc
@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".png", ".webp", ".avif", ".jp2", ".tif", ".heic"])
def test_the_largest_picture_that_is_read_stays_within_its_memory(
    tmp_path: Path, suffix: str
) -> None:
    per_pixel = {".webp": 18, ".avif": 14, ".jp2": 26, ".heic": 10}.get(suffix, 9)
    side = int((MOST_MEMORY / per_pixel) ** 0.5)
    picture = Image.linear_gradient("L").convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").rotate(90))
    exif = Image.Exif()
    exif[0x0112] = 6
    options: dict[str, dict[str, object]] = {
        ".avif": {"speed": 10, "exif": exif},
        ".tif": {"compression": "tiff_lzw", "exif": exif},
        ".png": {"compress_level": 1, "exif": exif},
        ".webp": {"method": 0, "exif": exif},
    }
    largest, larger = tmp_path / f"largest{suffix}", tmp_path / f"larger{suffix}"
    for path, size in ((largest, side), (larger, int(side * 1.1))):
        image = picture.resize((size, size))
        if suffix == ".heic":
            pillow_heif.from_pillow(image).save(path, exif=exif.tobytes(), quality=30)
        else:
            image.save(path, **options.get(suffix, {}))
    growth, pixels, _, none = map(int, run_python(GROWTH, largest, larger).split())
    assert growth < 300_000_000
    assert pixels == side * side
    assert none == 0


@needs_proc
def test_hostile_headers_cost_no_memory(tmp_path: Path) -> None:
    for number, make in enumerate((_png_bomb, _progressive_bomb, _tile_bomb, _multi_scan_bomb)):
        (tmp_path / str(number)).write_bytes(make())
        with pytest.raises(PictureError, match="pixels, more than can be opened"):
            decode(make(), "bomb")
    said = run_python(GROWTH, *sorted(tmp_path.iterdir())).split()
    assert max(map(int, said[::2])) < 20_000_000


def _png_bomb() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def _jpeg(**options: object) -> bytearray:
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "JPEG", **options)
    return bytearray(file.getvalue())


def _progressive_bomb() -> bytes:
    data = _jpeg(progressive=True)
    at = data.index(b"\xff\xc2")
    data[at + 5 : at + 9] = struct.pack(">HH", 40_000, 40_000)
    return bytes(data)


def _multi_scan_bomb() -> bytes:
    """A sequential JPEG whose first scan has one of its three components."""
    data = _jpeg()
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 40_000, 40_000)
    at = data.index(b"\xff\xda")
    data[at : at + 14] = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0"
    return bytes(data)


def _tile_bomb() -> bytes:
    """A TIFF of 10 x 10 pixels in one tile of 13,000 x 13,000."""
    tags = [
        (256, 4, 10),
        (257, 4, 10),
        (258, 3, 8),
        (259, 3, 5),
        (262, 3, 1),
        (277, 3, 1),
        (322, 4, 13_000),
        (323, 4, 13_000),
        (324, 4, 200),
        (325, 4, 4),
    ]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    head = b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4)
    return head.ljust(200, b"\0") + b"\x80\0\0\0"


def _difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures' values, on a scale of 255."""
    assert one.size == other.size
    return float(np.abs(np.asarray(one, float) - np.asarray(other.convert("RGB"), float)).mean())
