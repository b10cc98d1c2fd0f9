import { useMemo } from 'react';
import QRCode from 'qrcode-terminal/vendor/QRCode/index.js';
import ErrorCorrection from 'qrcode-terminal/vendor/QRCode/QRErrorCorrectLevel.js';
import styles from './account.module.css';

const QUIET_ZONE = 4;

/** A text as a QR code, drawn as one path. Always dark on light: many cameras read nothing else. */
export const QrCode = ({ text, label }: { text: string; label: string }) => {
  const { path, size } = useMemo(() => {
    const code = new QRCode(-1, ErrorCorrection.M);
    code.addData(text);
    code.make();
    const modules = code.getModuleCount();
    let drawn = '';
    for (let row = 0; row < modules; row++)
      for (let column = 0; column < modules; column++) if (code.isDark(row, column)) drawn += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`;
    return { path: drawn, size: modules + 2 * QUIET_ZONE };
  }, [text]);
  return (
    <svg className={styles.qr} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  );
};
