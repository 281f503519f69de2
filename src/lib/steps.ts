/**
 * Counts what a scanner looks at, one for each character, byte or comparison: tests tell by it that work grows with the
 * length of what came and not faster, which a clock cannot.
 */
export class Steps {
  taken = 0;
}
