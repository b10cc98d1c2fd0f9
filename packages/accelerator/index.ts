export { createAccelerator, type Accelerator } from './accelerator.ts';
