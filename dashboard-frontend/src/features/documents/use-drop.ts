import { useEffect, useState } from 'react';
import { sayError } from '../../lib/notify.ts';
import { droppedFiles } from './dropped-files.ts';
import { addFiles } from './uploads.ts';

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Takes files dropped anywhere on the page. Returns whether some are being held over it. */
export const useDrop = (enabled: boolean, folderId?: string): boolean => {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!enabled) return;
    // Entering a child comes before leaving its parent: only the balance of both tells when the page is left.
    let inside = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      inside += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      inside -= 1;
      if (inside <= 0) setOver(false);
    };
    const hold = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      inside = 0;
      setOver(false);
      if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then((files) => addFiles(files, folderId), sayError);
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: hold, drop } as const;
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name as 'drop', listener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name as 'drop', listener);
    };
  }, [enabled, folderId]);
  return over;
};
