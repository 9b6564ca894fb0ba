/** SHA-1 as hexadecimal digits. Cookie names hold its first four, so that Matomo's cookies are found again. */
export function sha1(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const blocks = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  const view = new DataView(blocks.buffer);
  blocks.set(bytes);
  blocks[bytes.length] = 128;
  view.setUint32(blocks.length - 4, bytes.length * 8);

  const sum = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const words = new Uint32Array(80);
  for (let start = 0; start < blocks.length; start += 64) {
    let [a, b, c, d, e] = sum as unknown as [number, number, number, number, number];
    for (let i = 0; i < 80; i++) {
      words[i] =
        i < 16
          ? view.getUint32(start + i * 4)
          : rotated(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1);
      const mixed =
        i < 20
          ? ((b & c) | (~b & d)) + 0x5a827999
          : i < 40
            ? (b ^ c ^ d) + 0x6ed9eba1
            : i < 60
              ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
              : (b ^ c ^ d) + 0xca62c1d6;
      [a, b, c, d, e] = [(rotated(a, 5) + mixed + e + words[i]!) | 0, a, rotated(b, 30), c, d];
    }
    [a, b, c, d, e].forEach((word, i) => (sum[i]! += word));
  }
  return Array.from(sum, (word) => word.toString(16).padStart(8, "0")).join("");
}

const rotated = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
