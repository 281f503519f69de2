/** A mail of this folder, as text. */
declare module "*.eml?raw" {
  const text: string;
  export default text;
}
