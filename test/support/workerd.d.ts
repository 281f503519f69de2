/** What the Worker's code has of its runtime, where a test outside of it reads the registry of providers. */
interface SubtleCrypto {
  timingSafeEqual(a: ArrayBuffer | ArrayBufferView, b: ArrayBuffer | ArrayBufferView): boolean;
}
