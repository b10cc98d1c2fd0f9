// An entry of its own: the language detector below it holds 130 MB, which only the process that makes passages should carry.
export { makePassages } from './make-passages.ts';
