export { severityTone, useWords } from './incident-words.ts';
