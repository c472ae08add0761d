import { open } from "node:fs/promises";

/** Changes one bit of a file in place. @returns changes it back */
export async function flipByte(path: string, at: number): Promise<() => Promise<void>> {
  const toggle = async () => {
    const file = await open(path, "r+");
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    await file.write(Buffer.from([byte[0]! ^ 0x01]), 0, 1, at);
    await file.close();
  };
  await toggle();
  return toggle;
}
