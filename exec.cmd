@rem "npm start" replaces its shell (exec), so that signals reach the box. cmd has no such word: this lets the start script say what to do on Windows.
@%*
