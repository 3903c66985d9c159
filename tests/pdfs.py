"""PDFs written by hand, for the tests of reading."""

import zlib


def make_pdf(*contents, title="", trailer=b""):
    """Write a PDF of one page for each content stream."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * number) for number in range(len(contents)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(contents), kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Title(%s)/CreationDate(D:20240619120000)>>" % title.encode("cp1252"),
    ]
    for number, content in enumerate(contents):
        packed = zlib.compress(content)
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>>>" % (6 + 2 * number),
            b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
        ]
    return join_objects(objects, b"/Info 4 0 R" + trailer)


def join_objects(objects, trailer=b""):
    """Write a PDF of numbered objects; the first is its catalog."""
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, b"".join(places))
    data += b"trailer<</Size %d/Root 1 0 R%s>>\n" % (len(places) + 1, trailer)
    return data + b"startxref\n%d\n%%%%EOF" % start


def show(*lines):
    shown = b" 0 -14 Td ".join(b"(%s) Tj" % line.encode("cp1252") for line in lines)
    return b"BT /F1 12 Tf 72 700 Td " + shown + b" ET"


def pack(data, *, times=1):
    """Return a stream of data that was compressed so many times."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode" * times
    return b"<</Filter[%s]/Length %d>>stream\n%s\nendstream" % (filters, len(data), data)
