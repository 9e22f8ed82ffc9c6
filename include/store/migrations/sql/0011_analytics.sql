-- Analytics: figures by day, one view a figure, a role that may only read.
select;
