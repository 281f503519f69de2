// What the bundler hands over as text: the rules are in wrangler.toml.
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.min.js" {
  const text: string;
  export default text;
}
declare module "*/client/portal.js" {
  const text: string;
  export default text;
}
declare module "*/client/charts.js" {
  const text: string;
  export default text;
}
