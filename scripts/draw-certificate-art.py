#!/usr/bin/env python3
"""Draws the static artwork of the certificate templates, version 1.

Run from the repository root: python3 scripts/draw-certificate-art.py
The drawings are committed; run it again only to change them, and then into a new template version, because
certificates that were already issued must keep their look.
"""
import math
import pathlib

OUT = pathlib.Path("data/templates/certificate/v1")
BLUE, AMBER, WHITE = "#12397a", "#f0b400", "#ffffff"
TINT = "#c3d4ec"


def svg(width, height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}mm" height="{height}mm">{body}</svg>\n')


def spline(points, closed=False):
    """Cubic Bezier path through points (Catmull-Rom tangents): smooth curves from few points."""
    n = len(points)
    at = (lambda i: points[i % n]) if closed else (lambda i: points[max(0, min(n - 1, i))])
    path = [f"M{points[0][0]:.2f} {points[0][1]:.2f}"]
    for i in range(n if closed else n - 1):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = at(i - 1), at(i), at(i + 1), at(i + 2)
        path.append(f"C{x1 + (x2 - x0) / 6:.2f} {y1 + (y2 - y0) / 6:.2f} "
                    f"{x2 - (x3 - x1) / 6:.2f} {y2 - (y3 - y1) / 6:.2f} {x2:.2f} {y2:.2f}")
    return "".join(path) + ("z" if closed else "")


def wave_tile(width, height, waves, curves, vertical=False):
    """One period of interlaced sine curves whose envelope swells: repeated, the band of a banknote border."""
    paths = []
    steps = waves * 8
    point = lambda t, a: (height / 2 + a, t * width) if vertical else (t * width, height / 2 + a)
    for c in range(curves):
        phase = 2 * math.pi * c / curves
        points = []
        for i in range(-1, steps + 2):
            t = i / steps
            swell = 0.36 + 0.08 * math.cos(2 * math.pi * t)
            points.append(point(t, math.sin(2 * math.pi * waves * t + phase) * height * swell))
        # The points beyond both ends give the curve the right slope at the seams.
        paths.append(spline(points))
    size = (height, width) if vertical else (width, height)
    return svg(*size, stroke(paths, BLUE, 0.15))


def rosette(cx, cy, radius, lobes, depth, curves, steps=None):
    paths = []
    steps = steps or lobes * 6
    for c in range(curves):
        shift = 2 * math.pi * c / curves / lobes
        points = []
        for i in range(steps):
            t = 2 * math.pi * i / steps
            r = radius * (1 - depth + depth * math.cos(lobes * t))
            points.append((cx + r * math.cos(t + shift), cy + r * math.sin(t + shift)))
        paths.append(spline(points, closed=True))
    return paths


def stroke(paths, colour, width):
    return f'<path fill="none" stroke="{colour}" stroke-width="{width}" d="{"".join(paths)}"/>'


def corner(size):
    """Rosette on a corner of the border; its white ground hides the ends of the bands."""
    c = size / 2
    paths = rosette(c, c, size * 0.47, 10, 0.30, 4) + rosette(c, c, size * 0.24, 6, 0.45, 3)
    return svg(size, size, f'<circle cx="{c}" cy="{c}" r="{c}" fill="{WHITE}"/>' + stroke(paths, BLUE, 0.16)
               + f'<circle cx="{c}" cy="{c}" r="{c - 0.3:.2f}" fill="none" stroke="{BLUE}" stroke-width="0.5"/>')


def field(width, height):
    """The light rosette behind the text."""
    cx, cy, r = width / 2, height / 2, min(width, height) / 2
    paths = rosette(cx, cy, r * 0.98, 24, 0.10, 3, 24 * 4)
    paths += rosette(cx, cy, r * 0.78, 18, 0.16, 3, 18 * 4)
    paths += rosette(cx, cy, r * 0.54, 12, 0.28, 4, 12 * 5)
    paths += rosette(cx, cy, r * 0.26, 8, 0.42, 3, 8 * 6)
    return svg(width, height, stroke(paths, TINT, 0.14))


# --- industry signs, 100 x 100 ------------------------------------------------------------------------------

def triangle(inner):
    return (f'<path fill="{AMBER}" stroke="{BLUE}" stroke-width="5" stroke-linejoin="round" d="M50 8L95 88H5Z"/>'
            + inner)


def diamond(inner):
    return (f'<path fill="{WHITE}" stroke="{BLUE}" stroke-width="5" stroke-linejoin="round" d="M50 4L96 50L50 96L4 50Z"/>'
            f'<path fill="none" stroke="{AMBER}" stroke-width="3" stroke-linejoin="round" d="M50 13L87 50L50 87L13 50Z"/>'
            + inner)


def disc(inner):
    return f'<circle cx="50" cy="50" r="46" fill="{BLUE}"/><circle cx="50" cy="50" r="41.5" fill="none" stroke="{WHITE}" stroke-width="1.6"/>' + inner


HAMMERS = ''.join(
    f'<g transform="rotate({a} 50 62)"><path fill="{BLUE}" d="M47.8 44H52.2V86H47.8Z"/>{head}</g>'
    for a, head in ((45, f'<path fill="{BLUE}" d="M38 38H60L64 43L60 48H38Z"/>'),
                    (-45, f'<path fill="{BLUE}" d="M40 38H62V48H40L36 43Z"/>')))

SIGNS = {
    "construction": disc(
        f'<path fill="{AMBER}" d="M20 62C20 43 31 31 43 28V46H46V25.500C46 24 47 23 48.500 23H51.500C53 23 54 24 54 25.500V46H57V28'
        f'C69 31 80 43 80 62Z"/><path fill="{AMBER}" d="M14 65H86C87.500 65 88 66 87.600 67.200L86.400 71.500C86 73 85 73.500 83.800 73.500H16.200'
        f'C15 73.500 14 73 13.600 71.500L12.400 67.200C12 66 12.500 65 14 65Z"/>'),
    "non_coal_mine": triangle(HAMMERS),
    "coal_mine": triangle(
        f'<path fill="{BLUE}" d="M30 59H70L65 76H35Z"/><circle cx="41" cy="80" r="4.600" fill="{BLUE}"/><circle cx="59" cy="80" r="4.600" fill="{BLUE}"/>'
        f'<path fill="{BLUE}" d="M33 57L36 49L42 47L45 41L53 39L57 46L63 47L67 57Z"/>'
        f'<path fill="none" stroke="{AMBER}" stroke-width="1.500" d="M42 47L47 52L45 41M57 46L52 51L47 52M63 47L60 53"/>'),
    "hazardous_chemicals": diamond(
        f'<path fill="none" stroke="{BLUE}" stroke-width="4" stroke-linejoin="round" d="M45 26V42L30 67C28.500 69.500 30 72 33 72H67C70 72 71.500 69.500 70 67L55 42V26"/>'
        f'<path stroke="{BLUE}" stroke-width="4" stroke-linecap="round" d="M41.500 25H58.500"/>'
        f'<path fill="{AMBER}" d="M38.500 57H61.500L67 66C68 67.800 67.200 69.500 65.500 69.500H34.500C32.800 69.500 32 67.800 33 66Z"/>'
        f'<circle cx="46" cy="63" r="2" fill="{BLUE}"/><circle cx="54" cy="60.500" r="1.600" fill="{BLUE}"/>'),
    "fireworks": disc(''.join(
        f'<path stroke="{AMBER if i % 2 else WHITE}" stroke-width="3" stroke-linecap="round" fill="none" '
        f'd="M{50 + 9 * math.cos(a):.2f} {46 + 9 * math.sin(a):.2f}L{50 + r * math.cos(a):.2f} {46 + r * math.sin(a):.2f}"/>'
        f'<circle cx="{50 + (r + 5.5) * math.cos(a):.2f}" cy="{46 + (r + 5.5) * math.sin(a):.2f}" r="2.300" fill="{AMBER if i % 2 else WHITE}"/>'
        for i in range(12) for a, r in ((i * math.pi / 6 - math.pi / 2, 24 if i % 2 else 19),))
        + f'<path stroke="{AMBER}" stroke-width="2.600" stroke-linecap="round" fill="none" d="M50 77C49 82 46.500 85.500 43 88"/>'),
    "civil_explosives": diamond(
        ''.join(f'<rect x="{x}" y="40" width="10" height="34" rx="2.500" fill="{BLUE}"/>' for x in (33.5, 45, 56.5))
        + f'<path fill="{AMBER}" d="M31 49H69V53H31ZM31 62H69V66H31Z"/>'
        f'<path fill="none" stroke="{BLUE}" stroke-width="2.400" stroke-linecap="round" d="M50 40C50 33 53 31 57 31C61 31 62 28 62 26"/>'
        f'<path fill="{AMBER}" d="M62 16L63.800 21.500L69 20L65.800 24.500L70 28L64.500 28.300L64.500 33.500L61.300 29.300L56.500 31.500L58.700 26.500L54.500 23.500L59.700 22.500Z"/>'),
    "general": (
        f'<path fill="{BLUE}" d="M50 5C62 13 76 16 89 16V47C89 70 72 87 50 96C28 87 11 70 11 47V16C24 16 38 13 50 5Z"/>'
        f'<path fill="none" stroke="{WHITE}" stroke-width="1.800" d="M50 11.500C61.500 18.500 73 21 83.500 21.400V47C83.500 67 69 81.500 50 90C31 81.500 16.500 67 16.500 47V21.400C27 21 38.500 18.500 50 11.500Z"/>'
        f'<path fill="none" stroke="{AMBER}" stroke-width="9" stroke-linecap="round" stroke-linejoin="round" d="M31 49L45 63L70 36"/>'),
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "band-horizontal.svg").write_text(wave_tile(24, 8, 2, 6))
    (OUT / "band-vertical.svg").write_text(wave_tile(24, 8, 2, 6, vertical=True))
    (OUT / "corner.svg").write_text(corner(15))
    (OUT / "rosette.svg").write_text(field(200, 200))
    for name, body in SIGNS.items():
        (OUT / f"sign-{name}.svg").write_text(svg(100, 100, body))


main()
