/** Passages whose vectors a question's is moved towards. Three; six and ten gave no more. */
export const FEEDBACK_PASSAGES = 3;

/** Rocchio's feedback: what the nearest passages have in common is what the question means. */
export const movedTowards = (query: Float32Array, nearest: readonly Float32Array[], share: number): Float32Array =>
  query.map((value, at) => value + (share / nearest.length) * nearest.reduce((sum, vector) => sum + vector[at]!, 0));
