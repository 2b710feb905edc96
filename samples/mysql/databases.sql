-- Run by MySQL's image when its data are new: MYSQL_USER gets a database for each service, and what two-phase commit needs.
CREATE DATABASE orders;
CREATE DATABASE inventory;
GRANT ALL ON orders.* TO 'checkout'@'%';
GRANT ALL ON inventory.* TO 'checkout'@'%';
GRANT XA_RECOVER_ADMIN ON *.* TO 'checkout'@'%';
