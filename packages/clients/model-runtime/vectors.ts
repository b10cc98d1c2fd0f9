import { AppError } from '#kit';

/** Base64 of little-endian float32: a quarter of the bytes of JSON numbers, and no parsing. */
export const encodeVector = (vector: Float32Array): string => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');

/** A vector as a runtime sends it: base64 where it honours `encoding_format`, else plain numbers. Made to unit length if it is not. */
export const decodeVector = (embedding: string | readonly number[]): Float32Array => {
  let vector: Float32Array;
  if (typeof embedding === 'string') {
    const bytes = Buffer.from(embedding, 'base64');
    if (bytes.length % 4 !== 0) throw new AppError('model_stopped', { message: 'The model runtime sent a broken vector.' });
    // A copy of its own: Buffer memory is pooled and not aligned to four bytes.
    vector = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  } else {
    vector = Float32Array.from(embedding);
  }
  return normalise(vector);
};

/** Divides by the Euclidean length in place, unless it is 1 already (within float32's precision) or 0. */
export const normalise = (vector: Float32Array): Float32Array => {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (sum === 0 || Math.abs(sum - 1) < 1e-5) return vector;
  const scale = 1 / Math.sqrt(sum);
  for (let index = 0; index < vector.length; index += 1) vector[index] = vector[index]! * scale;
  return vector;
};
