import access from './access.json' with { type: 'json' };
import account from './account.json' with { type: 'json' };
import activity from './activity.json' with { type: 'json' };
import alerts from './alerts.json' with { type: 'json' };
import auth from './auth.json' with { type: 'json' };
import channels from './channels.json' with { type: 'json' };
import backups from './backups.json' with { type: 'json' };
import chat from './chat.json' with { type: 'json' };
import codes from './codes.json' with { type: 'json' };
import common from './common.json' with { type: 'json' };
import documents from './documents.json' with { type: 'json' };
import extraction from './extraction.json' with { type: 'json' };
import fairness from './fairness.json' with { type: 'json' };
import healing from './healing.json' with { type: 'json' };
import folders from './folders.json' with { type: 'json' };
import models from './models.json' with { type: 'json' };
import overview from './overview.json' with { type: 'json' };
import palette from './palette.json' with { type: 'json' };
import quality from './quality.json' with { type: 'json' };
import queue from './queue.json' with { type: 'json' };
import settings from './settings.json' with { type: 'json' };
import system from './system.json' with { type: 'json' };
import updates from './updates.json' with { type: 'json' };
import users from './users.json' with { type: 'json' };

export const messages = {
  access,
  account,
  activity,
  alerts,
  auth,
  channels,
  backups,
  chat,
  codes,
  common,
  documents,
  extraction,
  fairness,
  healing,
  folders,
  models,
  overview,
  palette,
  quality,
  queue,
  settings,
  system,
  updates,
  users,
};
