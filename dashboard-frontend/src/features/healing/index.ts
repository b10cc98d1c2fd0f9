export { requestRepair, useHealingWords } from './use-healing.ts';
