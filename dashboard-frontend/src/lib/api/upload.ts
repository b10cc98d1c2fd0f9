import type { UploadAnswer } from '#contracts';
import { apiPath, csrfHeaders } from './client.ts';
import { connection } from './connection.ts';
import { ApiError, errorFrom } from './errors.ts';

/**
 * Sends one file and tells how far it is (0..1). XMLHttpRequest, because fetch cannot tell the progress of an upload.
 * Errors: ApiError; AbortError when `signal` was used.
 */
export const uploadFile = (
  file: File,
  { folderId, onProgress, signal }: { folderId?: string; onProgress(share: number): void; signal: AbortSignal },
): Promise<UploadAnswer> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open('POST', apiPath('/documents', { folderId }));
    request.setRequestHeader('accept', 'application/json');
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      connection.answered();
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as UploadAnswer);
      else reject(errorFrom(request.status, request.responseText, { get: (name) => request.getResponseHeader(name) }));
    };
    request.onerror = () => {
      connection.away();
      reject(new ApiError({ code: 'network', message: 'The connection was lost during the upload.', status: 0 }));
    };
    request.onabort = () => reject(new DOMException('Upload cancelled', 'AbortError'));
    request.onloadend = () => signal.removeEventListener('abort', stop);
    signal.addEventListener('abort', stop);
    const form = new FormData();
    form.append('files', file, file.name);
    request.send(form);
  });
