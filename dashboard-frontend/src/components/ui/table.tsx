import styles from './table.module.css';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => React.ReactNode;
  align?: 'end';
  /** On a phone: `no` leaves it out, `bare` drops its heading, `only` shows it there alone, `corner` puts it at the top right. */
  phone?: 'no' | 'bare' | 'only' | 'corner';
  width?: string;
  /** The heading is heard, not shown (a column of buttons). */
  quietHeader?: boolean;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  onOpen?: (row: Row) => void;
}

/** Rows under headings; on a phone each row becomes a block whose values carry their headings. */
export const Table = <Row,>({ label, columns, rows, rowKey, onOpen }: Props<Row>) => (
  <table className={styles.table} aria-label={label}>
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column.id} scope="col" data-align={column.align} data-phone={column.phone} style={{ width: column.width }}>
            <span className={column.quietHeader ? 'only-heard' : undefined}>{column.header}</span>
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <tr
          key={rowKey(row)}
          data-open={onOpen !== undefined || undefined}
          onClick={
            onOpen &&
            ((event) => {
              if (!(event.target as HTMLElement).closest('a,button,input,[role=menu]')) onOpen(row);
            })
          }
        >
          {columns.map((column) => (
            <td key={column.id} data-align={column.align} data-phone={column.phone} data-heading={column.quietHeader ? undefined : column.header}>
              {column.cell(row)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
