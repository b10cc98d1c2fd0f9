/**
 * A reason why Arasul cannot start that its owner can remove.
 * `message` is one or two sentences: what is wrong, with what, and what to do; it is printed as it stands, with no stack.
 */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}
