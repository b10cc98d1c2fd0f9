import type { ServiceState } from '#contracts';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { serviceTone } from '../../components/ui/service-tone.ts';
import { StateWord } from '../../components/ui/state-mark.tsx';
import styles from './overview.module.css';

/** Every service with its state, in one glance. */
export const ServicesBrief = ({ services }: { services: readonly ServiceState[] }) => {
  const { t } = useTranslation(['overview', 'system', 'common']);
  return (
    <Section
      title={t('common:places.services')}
      aside={
        <Link to="/system" className="small">
          {t('overview:servicesMore')}
        </Link>
      }
    >
      <ul className={styles.services}>
        {services.map((service) => (
          <li key={service.name}>
            <span className="clip">{t(`system:service.${service.name as 'llm-queue'}`, { defaultValue: service.name })}</span>
            <StateWord tone={serviceTone[service.state]}>{t(`system:state.${service.state}`)}</StateWord>
            <span className="quiet small">
              <RelativeTime at={service.since} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
};
