/** Which runtime to speak to, and how. */
export interface RuntimeTarget {
  /** Base URL without `/v1`, such as `http://127.0.0.1:11434`. */
  url: string;
  /** Sent as a bearer token. */
  token?: string;
  /** `arasul` is our own runtime, which counts tokens, knows classes of work and which models are active. */
  dialect: 'arasul' | 'openai';
  /** Names to use when a call names no model; an external runtime needs them, or its first model is taken. */
  chatModel?: string;
  embedModel?: string;
  /** Without it an external runtime is not asked to rerank. */
  rerankModel?: string;
}

interface RuntimeSettings {
  externalUrl: string;
  externalChatModel: string;
  externalEmbedModel: string;
  externalRerankModel: string;
}

/** The target that the settings choose: the external runtime when one is named, else our own. */
export const chooseTarget = (settings: RuntimeSettings, own: { url: string; token: string }): RuntimeTarget =>
  settings.externalUrl
    ? {
        url: settings.externalUrl.replace(/\/+$/, '').replace(/\/v1$/, ''),
        dialect: 'openai',
        chatModel: settings.externalChatModel || undefined,
        embedModel: settings.externalEmbedModel || undefined,
        rerankModel: settings.externalRerankModel || undefined,
      }
    : { ...own, dialect: 'arasul' };
