/** By label, letters and digits only, of a single-byte encoding: another label, or its upper 128 or all 256 characters. */
declare module "iconv-lite/encodings/sbcs-data-generated.js" {
  const tables: Readonly<Record<string, string | { readonly type: string; readonly chars?: string }>>;
  export default tables;
}
