import type { ChatEvent, ChatRequest, ModelRuntime } from '#clients';
import { AppError, isAppError } from '#kit';

export interface Patience {
  /** From the request to the first token: loading the model and reading the prompt may take minutes on a small box. */
  firstTokenMs: number;
  /** Between two tokens. */
  nextTokenMs: number;
}

/** Whether a runtime was given up because it went silent. */
export const isHung = (error: unknown): boolean =>
  isAppError(error, 'model_stopped') && (error.details as { silentMs?: number } | undefined)?.silentMs !== undefined;

/** The runtime's stream; a runtime that hangs is given up. Errors: also `model_stopped` when no token came in time. */
export async function* watchedChat(
  runtime: Pick<ModelRuntime, 'chat'>,
  request: ChatRequest,
  { signal, patience }: { signal: AbortSignal; patience: Patience },
): AsyncGenerator<ChatEvent> {
  const hung = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expectWithin = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(
      () =>
        hung.abort(
          new AppError('model_stopped', { message: `The model wrote nothing for ${Math.round(ms / 1000)} s, so it was stopped.`, details: { silentMs: ms } }),
        ),
      ms,
    );
  };
  expectWithin(patience.firstTokenMs);
  try {
    for await (const event of runtime.chat(request, { signal: AbortSignal.any([signal, hung.signal]) })) {
      yield event;
      expectWithin(patience.nextTokenMs);
    }
  } finally {
    clearTimeout(timer);
  }
}
