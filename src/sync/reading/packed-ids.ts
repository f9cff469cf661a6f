/**
 * The ids of a page as `sync_page` keeps them: each as its distance from the one before, zigzag and in base 128, the
 * lowest seven bits first. `unpack_ids` of the database reads them. A page of 50 neighbouring ids needs some 50 bytes.
 */
export function packIds(ids: readonly string[]): Uint8Array<ArrayBuffer> {
  const numbers = ids.map(BigInt);
  return Uint8Array.from(numbers.flatMap((id, i) => bytesOf(zigzag(id - (numbers[i - 1] ?? 0n)))));
}

/** 0, -1, 1, -2, … as 0, 1, 2, 3, …: of two positive ids at most 64 bits. */
function zigzag(distance: bigint): bigint {
  return distance >= 0n ? distance << 1n : (-distance << 1n) - 1n;
}

function bytesOf(value: bigint): readonly number[] {
  const low = Number(value & 127n);
  return value < 128n ? [low] : [low | 128, ...bytesOf(value >> 7n)];
}
