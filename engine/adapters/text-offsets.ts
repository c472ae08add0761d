/** libpg-query counts bytes (statements, tokens) or characters (errors); Holdfast counts UTF-16 code units. */

/** A converter for one text; quick where it is asked in rising order. */
export function byteToUtf16(text: string): (byte: number) => number {
  if (Buffer.byteLength(text) === text.length) return (byte) => byte;
  let byte = 0;
  let unit = 0;
  return (wanted) => {
    if (wanted < byte) byte = unit = 0;
    while (byte < wanted && unit < text.length) {
      const point = text.codePointAt(unit) ?? 0;
      byte += utf8Length(point);
      unit += point > 0xffff ? 2 : 1;
    }
    return unit;
  };
}

export function characterToUtf16(text: string, character: number): number {
  let unit = 0;
  for (let passed = 0; passed < character && unit < text.length; passed++) {
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  return unit;
}

function utf8Length(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
