import { Outlet, useLocation, useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTitle } from '../../components/ui/page.tsx';
import { useMay } from '../../lib/api/queries.ts';
import styles from './chat.module.css';
import { ConversationList } from './conversation-list.tsx';
import { SourceContext, type OpenSource } from './source-context.ts';
import { SourcePanel } from './source-panel.tsx';

/** Conversations at the left, the one that is read in the middle, a source beside it when one is opened. */
export const ChatPage = () => {
  const { t } = useTranslation('common');
  const { conversationId } = useParams({ strict: false });
  const isInside = useLocation({ select: ({ pathname }) => pathname.replace(/\/$/, '') !== '/chat' });
  const [source, setSource] = useState<OpenSource | null>(null);
  const mayAsk = useMay('user');
  useTitle(t('places.chat'));
  useEffect(() => setSource(null), [conversationId]);
  const context = useMemo(() => ({ opened: source, open: setSource }), [source]);
  return (
    <SourceContext value={context}>
      <div className={styles.chat} data-fills data-inside={isInside || undefined} data-alone={!mayAsk || undefined} data-source={source !== null || undefined}>
        <h1 className="only-heard">{t('places.chat')}</h1>
        {mayAsk && <ConversationList />}
        <div className={styles.talk}>
          <Outlet />
        </div>
        {source !== null && <SourcePanel source={source} onOpen={(citation) => setSource({ ...source, citation })} onClose={() => setSource(null)} />}
      </div>
    </SourceContext>
  );
};
