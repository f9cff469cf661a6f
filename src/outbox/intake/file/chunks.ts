import { open } from "node:fs/promises";

// Small enough that what is made of it is dropped before it grows old.
const CHUNK_BYTES = 16_384;

/**
 * The bytes of a file, each part valid until the next is asked for: all are read into the same memory. Memory that is
 * allocated anew for each, as streams do, is freed so late that it triples what the process holds.
 */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
