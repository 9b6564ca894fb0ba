/** The first eight digits of SHA-1. Cookie names hold four of them, so that Matomo's cookies are found again. */
export const sha1 = (text: string): string => {
  const bytes = [...new TextEncoder().encode(text), 128];
  const words: number[] = [];
  bytes.forEach((byte, i) => (words[i >> 2]! |= byte << (24 - (i % 4) * 8)));
  words[((bytes.length + 7) >> 6) * 16 + 15] = (bytes.length - 1) * 8;

  let sum = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as [number, number, number, number, number];
  while (words.length) {
    const block = words.splice(0, 16);
    let [a, b, c, d, e] = sum;
    for (let i = 0; i < 80; i++) {
      if (i > 15) block[i] = rotated(block[i - 3]! ^ block[i - 8]! ^ block[i - 14]! ^ block[i - 16]!, 1);
      const round = (i / 20) | 0;
      const mixed = round ? (round === 2 ? (b & c) | (d & (b | c)) : b ^ c ^ d) : d ^ (b & (c ^ d));
      const constant = (Math.sqrt([2, 3, 5, 10][round]!) * 2 ** 30) | 0;
      [a, b, c, d, e] = [(rotated(a, 5) + mixed + constant + e + (block[i]! | 0)) | 0, a, rotated(b, 30), c, d];
    }
    sum = [a, b, c, d, e].map((word, i) => (word + sum[i]!) | 0) as typeof sum;
  }
  return (sum[0] >>> 0).toString(16).padStart(8, "0");
};

const rotated = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
