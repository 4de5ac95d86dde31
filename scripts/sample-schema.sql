-- The trace database of synth-ai (tracing v3): the tables that a program which traces itself fills.

CREATE TABLE experiments (
  experiment_id VARCHAR PRIMARY KEY,
  name          VARCHAR NOT NULL,
  description   TEXT,
  created_at    DATETIME DEFAULT CURRENT_TIMESTAMP,
  updated_at    DATETIME DEFAULT CURRENT_TIMESTAMP,
  configuration TEXT,
  metadata      TEXT
);

CREATE TABLE session_traces (
  session_id    VARCHAR PRIMARY KEY,
  created_at    DATETIME NOT NULL,
  num_timesteps INTEGER NOT NULL,
  num_events    INTEGER NOT NULL,
  num_messages  INTEGER NOT NULL,
  metadata      TEXT,
  experiment_id VARCHAR,
  embedding     VECTOR,
  FOREIGN KEY (experiment_id) REFERENCES experiments (experiment_id)
);

CREATE TABLE session_timesteps (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id    VARCHAR NOT NULL,
  step_id       VARCHAR NOT NULL,
  step_index    INTEGER NOT NULL,
  turn_number   INTEGER,
  started_at    DATETIME,
  completed_at  DATETIME,
  num_events    INTEGER,
  num_messages  INTEGER,
  step_metadata TEXT,
  UNIQUE (session_id, step_id),
  FOREIGN KEY (session_id) REFERENCES session_traces (session_id)
);

CREATE TABLE events (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id          VARCHAR NOT NULL,
  timestep_id         INTEGER,
  event_type          VARCHAR NOT NULL,
  system_instance_id  VARCHAR,
  event_time          FLOAT,
  message_time        INTEGER,
  created_at          DATETIME,
  model_name          VARCHAR,
  provider            VARCHAR,
  input_tokens        INTEGER,
  output_tokens       INTEGER,
  total_tokens        INTEGER,
  cost_usd            INTEGER,
  latency_ms          INTEGER,
  span_id             VARCHAR,
  trace_id            VARCHAR,
  call_records        TEXT,
  reward              FLOAT,
  terminated          BOOLEAN,
  truncated           BOOLEAN,
  system_state_before TEXT,
  system_state_after  TEXT,
  metadata            TEXT,
  event_metadata      TEXT,
  embedding           VECTOR,
  CHECK (event_type IN ('cais', 'environment', 'runtime')),
  FOREIGN KEY (session_id)  REFERENCES session_traces (session_id),
  FOREIGN KEY (timestep_id) REFERENCES session_timesteps (id)
);

CREATE TABLE messages (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id   VARCHAR NOT NULL,
  timestep_id  INTEGER,
  message_type VARCHAR NOT NULL,
  content      TEXT NOT NULL,
  timestamp    DATETIME,
  event_time   FLOAT,
  message_time INTEGER,
  metadata     TEXT,
  embedding    VECTOR,
  CHECK (message_type IN ('user', 'assistant', 'system', 'tool_use', 'tool_result')),
  FOREIGN KEY (session_id)  REFERENCES session_traces (session_id),
  FOREIGN KEY (timestep_id) REFERENCES session_timesteps (id)
);

CREATE TABLE outcome_rewards (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id         VARCHAR NOT NULL,
  total_reward       FLOAT NOT NULL,
  achievements_count INTEGER NOT NULL,
  total_steps        INTEGER NOT NULL,
  created_at         DATETIME NOT NULL,
  reward_metadata    TEXT,
  annotation         TEXT,
  FOREIGN KEY (session_id) REFERENCES session_traces (session_id)
);

CREATE TABLE event_rewards (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id     INTEGER NOT NULL,
  session_id   VARCHAR NOT NULL,
  message_id   INTEGER,
  turn_number  INTEGER,
  reward_value FLOAT NOT NULL,
  reward_type  VARCHAR,
  "key"        VARCHAR,
  annotation   TEXT,
  source       VARCHAR,
  created_at   DATETIME NOT NULL,
  FOREIGN KEY (event_id)   REFERENCES events (id),
  FOREIGN KEY (session_id) REFERENCES session_traces (session_id),
  FOREIGN KEY (message_id) REFERENCES messages (id)
);

CREATE INDEX idx_session_created ON session_traces (created_at);
CREATE INDEX idx_session_experiment ON session_traces (experiment_id);
CREATE INDEX idx_event_session_step ON events (session_id, timestep_id);
