extern int crl_x;
