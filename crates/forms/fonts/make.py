"""Makes the fonts of this folder anew from Noto Serif CJK SC: `python3 make.py REGULAR.otf BOLD.otf` (needs fonttools).

The characters are those that the files here have already; to add one, name it after the two files.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent


def make(source, name, more):
    characters = set(TTFont(HERE / name).getBestCmap()) | {ord(c) for c in more}
    font = TTFont(source, fontNumber=0)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    # What only layout and vertical text need.
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GPOS", "GSUB", "GDEF", "DSIG"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.save(HERE / name)
    lacking = [chr(c) for c in characters - set(font.getBestCmap())]
    print(name, len(font.getBestCmap()), "characters,", (HERE / name).stat().st_size, "bytes", lacking)


if __name__ == "__main__":
    regular, bold, *more = sys.argv[1:]
    make(regular, "NotoSerifSC-Regular.otf", "".join(more))
    make(bold, "NotoSerifSC-Bold.otf", "")
