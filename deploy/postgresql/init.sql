-- What an empty volume of compose.yaml begins with. The role may copy the server, for its own backups (docs/backup.md).
CREATE ROLE alleviation LOGIN REPLICATION;
CREATE DATABASE alleviation OWNER alleviation ENCODING 'UTF8' TEMPLATE template0;
