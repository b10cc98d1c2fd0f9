/** `interactive`: a person waits. `background`: may wait, but never without end. */
export type WorkClass = 'interactive' | 'background';
