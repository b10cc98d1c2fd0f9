/** The halves (`server`, `dashboard`) whose sources differ from what `outDir` was built from. */
export function staleHalves(outDir?: string): string[];
/** Bundles processes, services and workers; `services` replaces the list of source files. */
export function buildServer(options?: { outDir?: string; services?: string[] }): Promise<void>;
/** Bundles the workers alone, for tests, which run everything else from source. */
export function buildWorkers(outDir: string): Promise<void>;
/** Builds what is stale; all of it with `force`. */
export function build(options?: { force?: boolean }): Promise<void>;
/** Writes NAME.br and NAME.gz beside each file of `folder` that compresses. */
export function compressFiles(folder: string): Promise<void>;
