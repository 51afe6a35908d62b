-- What all nodes must have alike though it is kept outside: the first to name it decides.
CREATE TABLE agreed (
    what  TEXT COLLATE "C" PRIMARY KEY,
    value TEXT NOT NULL
);
