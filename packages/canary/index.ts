export { askCanary, lastCanary, type CanaryAnswer, type CanaryNeeds, type CanaryOptions } from './ask-canary.ts';
export { BOX_WORKSPACE, CANARY_QUESTIONS, CANARY_TEXT, type CanaryQuestion } from './document.ts';
export { keepCanaryDocument } from './keep-document.ts';
